import { useFly } from './support/fly.js';

describe('listening to requests', () => {
  const fly = useFly();

  test('each goes through received, committed, answered, and the emulator waits for the listener', async () => {
    const seen: string[] = [];
    const off = fly.requests.onRequest(async (entry, phase) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${entry.index} ${phase} ${entry.status} ${fly.inspect().apps.length}`);
    });
    await fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
    const answered = new Promise<void>((resolve) =>
      fly.requests.onRequest((entry, phase) => {
        if (entry.index === 1 && phase === 'answered') resolve();
      }),
    );
    await fly.get('/v1/apps/demo');
    await answered;
    expect(seen.slice(0, 5)).toEqual([
      '0 received null 0',
      '0 committed 201 1',
      '0 answered 201 1',
      '1 received null 1',
      '1 committed 200 1',
    ]);
    off();
  });

  test('a lost answer is committed all the same', async () => {
    fly.faults.inject({ name: 'lost-answer' });
    const phases: string[] = [];
    fly.requests.onRequest((entry, phase) => void phases.push(`${phase} ${entry.lost}`));
    await expect(fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' })).rejects.toThrow();
    expect(phases.slice(0, 2)).toEqual(['received false', 'committed true']);
  });

  test('clear starts again at 0', async () => {
    await fly.get('/v1/platform/regions');
    fly.requests.clear();
    await fly.get('/v1/platform/regions');
    expect(fly.requests.list().map((entry) => entry.index)).toEqual([0]);
  });
});
