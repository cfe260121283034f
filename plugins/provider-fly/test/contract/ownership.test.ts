import path from 'node:path';
import { fastClock } from '../support/context';
import { abortAfter } from '../support/request-matrix';
import { createWorkplace, nothing, oneEnvironment, quickstart, type Workplace } from '../support/workplace';

const app = 'my-sindri-fly';
const clock = fastClock(20);

describe('whose an app is', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });

  afterEach(() => workplace.remove());

  const request = (method: string, place: string, body?: object) =>
    fetch(`${workplace.emulator.url}/v1/apps/${app}${place}`, {
      method,
      headers: { authorization: `Bearer ${workplace.emulator.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const elsewhere = () => ({ stateDir: path.join(workplace.home, 'another-computer') });
  const secretNames = () => workplace.emulator.inspect().secrets.map(({ name }) => name);

  /** An app of somebody else: a secret, an address and a volume, no machine. */
  async function makeSomebodysApp(): Promise<void> {
    workplace.emulator.admin.seedApp({ name: app });
    await workplace.emulator.admin.seedVolume({ app, name: 'home_data', region: 'sjc', sizeGb: 3 });
    expect((await request('POST', '/secrets', { values: { STRIPE_KEY: 'x' } })).ok).toBe(true);
    expect((await request('POST', '/ip_assignments', { type: 'v6' })).ok).toBe(true);
  }

  it("somebody else's: nothing is deleted and nothing changed, and status still looks at it", async () => {
    await makeSomebodysApp();
    const before = workplace.emulator.inspect();
    for (const act of [workplace.deploy, workplace.destroy]) {
      await expect(act()).rejects.toMatchObject({
        code: 'FLY_APP_NOT_OURS',
        kind: 'refused',
        message: expect.stringContaining('secret STRIPE_KEY') as string,
        hint: expect.stringContaining('--adopt') as string,
      });
    }
    expect(workplace.emulator.inspect()).toEqual(before);
    expect(await (await workplace.open()).status()).toMatchObject({
      state: 'incomplete',
      stateReason: expect.stringContaining('sindri deploy --adopt') as string,
    });
    await workplace.destroy({ adopt: true });
    expect(workplace.alive()).toEqual(nothing);
  });

  it('ours after a deploy of one that was taken over, for every computer', async () => {
    await makeSomebodysApp();
    await workplace.deploy({ adopt: true });
    expect(secretNames()).toEqual(expect.arrayContaining(['SINDRI_ENVIRONMENT', 'STRIPE_KEY']));
    await workplace.destroy(elsewhere());
    expect(workplace.alive()).toEqual(nothing);
  });

  it('ours for this computer alone when a deploy ends between the app and its mark', async () => {
    const { emulator } = workplace;
    const { controller, off } = abortAfter(workplace, 1);
    const stop = emulator.requests.onRequest(({ method }, phase) => {
      if (phase === 'committed' && method === 'POST') controller.abort();
    });
    off();
    await expect(workplace.deploy({ signal: controller.signal })).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
    stop();
    expect({ ...workplace.alive(), secrets: secretNames() }).toEqual({ ...nothing, apps: 1, secrets: [] });
    await expect(workplace.deploy(elsewhere())).rejects.toMatchObject({
      code: 'FLY_APP_NOT_OURS',
      hint: expect.stringContaining('another deploy of this environment has just begun') as string,
    });
    await workplace.deploy();
    expect(workplace.alive()).toEqual(oneEnvironment);
  });

  it('not ours any more once another computer has destroyed it and somebody else made it anew', async () => {
    await workplace.deploy();
    await workplace.destroy(elsewhere());
    await makeSomebodysApp();
    await expect(workplace.destroy()).rejects.toMatchObject({ code: 'FLY_APP_NOT_OURS' });
    expect(workplace.alive()).toMatchObject({ apps: 1, volumes: 1 });
  });

  it('not ours when it was made by somebody else between plan and apply, though we have asked for it, too', async () => {
    const environment = await workplace.open({ clock });
    const plan = await environment.plan();
    await makeSomebodysApp();
    await expect(environment.apply(plan)).rejects.toMatchObject({ code: 'FLY_APP_NOT_OURS' });
    await expect(workplace.destroy()).rejects.toMatchObject({ code: 'FLY_APP_NOT_OURS' });
    expect(workplace.alive()).toMatchObject({ apps: 1, volumes: 1 });
  });

  it('known without the mark, where an earlier version has deployed it: the mark comes before the machine goes', async () => {
    await workplace.deploy();
    await request('POST', '/secrets', { values: { SINDRI_ENVIRONMENT: null } });
    expect((await workplace.plan()).changes).toEqual([]);
    workplace.emulator.faults.inject({
      name: 'server-error',
      match: { method: 'DELETE', path: '/v1/apps/*/volumes/*' },
      times: 0,
    });
    await expect(workplace.destroy({ clock })).rejects.toMatchObject({ kind: 'incomplete' });
    workplace.emulator.faults.clear();
    expect(workplace.alive()).toMatchObject({ machines: 0, volumes: 1 });
    await workplace.destroy(elsewhere());
    expect(workplace.alive()).toEqual(nothing);
  }, 120_000);
});

describe('a region without room', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });

  afterEach(() => workplace.remove());

  it('ties nothing to it: the empty volume goes again, and the deploy goes elsewhere', async () => {
    workplace.emulator.faults.inject({ name: 'capacity-region' });
    await expect(workplace.deploy()).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      hint: expect.stringMatching(/another region.* deleted again/s) as string,
    });
    expect(workplace.alive()).toMatchObject({ volumes: 0, machines: 0 });
    await workplace.deploy({ config: quickstart.replace('region: sjc', 'region: lax') });
    expect(workplace.alive()).toEqual(oneEnvironment);
    expect(workplace.emulator.inspect().machines.find(({ state }) => state !== 'destroyed')?.region).toBe('lax');
  });

  /** A deploy that ends right after it has made the volume. */
  async function deployUntilVolume(): Promise<void> {
    const controller = new AbortController();
    const off = workplace.emulator.requests.onRequest(({ method, path: asked }, phase) => {
      if (phase === 'committed' && method === 'POST' && asked.endsWith('/volumes')) controller.abort();
    });
    await expect(workplace.deploy({ signal: controller.signal })).rejects.toThrow();
    off();
    expect(workplace.alive()).toMatchObject({ volumes: 1, machines: 0 });
  }

  it('is no dead end for the volume of a run that was cut short before it asked for the machine', async () => {
    await deployUntilVolume();
    workplace.emulator.faults.inject({ name: 'capacity-region' });
    await expect(workplace.deploy()).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      hint: expect.stringMatching(/deleted again/) as string,
    });
    expect(workplace.alive()).toMatchObject({ volumes: 0, machines: 0 });
    await workplace.deploy({ config: quickstart.replace('region: sjc', 'region: lax') });
    expect(workplace.alive()).toEqual(oneEnvironment);
  });

  it.each([
    ['somebody else has used it meanwhile', 'elsewhere', 'state'],
    ['another computer has made it', null, 'elsewhere'],
  ])('keeps such a volume when %s', async (_why, userOfIt, triesAgain) => {
    await deployUntilVolume();
    if (userOfIt !== null) {
      const other = await workplace.open({ stateDir: path.join(workplace.home, userOfIt) });
      await other.apply(await other.plan());
      await other.apply(await other.plan({ intent: 'destroy', keep: ['volume'] }));
    }
    workplace.emulator.faults.inject({ name: 'capacity-region' });
    const stateDir = path.join(workplace.home, triesAgain);
    await expect(workplace.deploy({ stateDir })).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      hint: expect.stringMatching(/cannot move to another region/) as string,
    });
    expect(workplace.alive()).toMatchObject({ volumes: 1, machines: 0 });
  });

  it('leaves a volume that was there before, and names no region that it could not go to', async () => {
    await workplace.deploy();
    const environment = await workplace.open();
    await environment.apply(await environment.plan({ intent: 'destroy', keep: ['volume'] }));
    workplace.emulator.faults.inject({ name: 'capacity-region' });
    await expect(workplace.deploy()).rejects.toMatchObject({
      code: 'FLY_NO_CAPACITY',
      hint: expect.stringMatching(/^Try again later.*cannot move to another region/) as string,
    });
    expect(workplace.alive()).toMatchObject({ volumes: 1, machines: 0 });
  });
});

describe('a list that is behind', () => {
  it('is no reason to say that there is no machine', async () => {
    const workplace = await createWorkplace();
    try {
      await workplace.deploy();
      workplace.emulator.faults.inject({ name: 'stale-list', params: { ms: 600_000 } });
      expect(await (await workplace.open()).status()).toMatchObject({ state: 'running' });
    } finally {
      await workplace.remove();
    }
  });
});
