import { useFly } from '../support/fly.js';

describe('secrets', () => {
  const fly = useFly();
  const path = '/v1/apps/demo/secrets';

  beforeEach(() => fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' }));

  test('bulk write sets and removes; every write has a greater version', async () => {
    const first = await fly.post(path, { values: { A: '1', B: '2' } });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ version: 1, Version: 1, secrets: [{ name: 'A' }, { name: 'B' }] });
    const second = await fly.post(path, { values: { A: null, C: '3' } });
    expect(second.body).toMatchObject({ version: 2, secrets: [{ name: 'B' }, { name: 'C' }] });
  });

  test('no answer ever shows a value; an equal value keeps its digest', async () => {
    const before = (await fly.post(path, { values: { TOKEN: 'hush-hush' } })).body.secrets[0];
    const same = (await fly.post(path, { values: { TOKEN: 'hush-hush' } })).body.secrets[0];
    const changed = (await fly.post(path, { values: { TOKEN: 'other' } })).body.secrets[0];
    expect(same.digest).toBe(before.digest);
    expect(changed.digest).not.toBe(before.digest);
    const answers = [await fly.get(`${path}?show_secrets=true`), await fly.get(`${path}/TOKEN?show_secrets=true`)];
    expect(JSON.stringify([before, answers, fly.inspect()])).not.toContain('hush');
    expect(before).toEqual({
      name: 'TOKEN',
      digest: expect.any(String),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
  });

  test('single secrets', async () => {
    const made = await fly.post(`${path}/ONE`, { value: 'x' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'ONE', version: 1 });
    expect((await fly.get(`${path}/ONE`)).status).toBe(200);
    expect((await fly.delete(`${path}/ONE`)).body).toMatchObject({ version: 2 });
    expect((await fly.get(`${path}/ONE`)).status).toBe(404);
    expect((await fly.delete(`${path}/NEVER`)).status).toBe(200);
  });

  test.each([[{ values: { 'not-a-name': 'x' } }], [{ values: { A: 1 } }], [{}], ['nonsense']])(
    '%p is refused',
    async (body) => {
      expect((await fly.post(path, body)).status).toBe(400);
      expect((await fly.get(path)).body.secrets).toEqual([]);
    },
  );
});
