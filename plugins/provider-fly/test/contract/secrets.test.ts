import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isSindriError, type ApplyReport, type Environment, type ListedSecret, type PlanOptions } from '@sindri/core';
import { fastClock } from '../support/context';
import { abortAfter, requestFaults } from '../support/request-matrix';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

const clock = fastClock(20);
const withSecrets = (...lines: string[]): string =>
  `${quickstart}secrets:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const LINES = 'first line # no comment\nsecond="quoted"\n';

describe('secrets apart from a deploy', () => {
  let workplace: Workplace;
  let environment: Environment;

  beforeAll(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
    environment = await workplace.open({ clock });
  });
  beforeEach(async () => {
    await environment.start();
    workplace.events.length = 0;
    workplace.emulator.requests.clear();
  });
  afterEach(() => workplace.emulator.faults.clear());
  afterAll(() => workplace.remove());

  const apply = async (options: PlanOptions): Promise<ApplyReport> =>
    environment.apply(await environment.plan(options));
  const set = (secretValues: Record<string, string>, stage = false): Promise<ApplyReport> =>
    apply({ intent: 'secrets.set', set: Object.keys(secretValues), unset: [], stage, secretValues });
  const unset = (...names: string[]): Promise<ApplyReport> => apply({ intent: 'secrets.set', set: [], unset: names });
  const inside = async (name: string): Promise<string> =>
    (await environment.exec({ command: ['sh', '-c', `printf %s "$${name}"`] })).stdout;
  const listed = async (name: string): Promise<ListedSecret | undefined> =>
    (await environment.secrets()).find((secret) => secret.name === name);
  const machine = () => workplace.emulator.inspect().machines[0];
  const writes = (): string[] =>
    workplace.emulator.requests
      .list()
      .filter((entry) => entry.writes)
      .map(
        ({ method, path: asked }) =>
          `${method} ${asked.replace(/.*\/my-sindri-fly/, '').replace(/[0-9a-f]{14}/, 'ID')}`,
      );
  const notices = (code: string): string[] =>
    workplace.events.flatMap((event) => (event.type === 'notice' && event.code === code ? [event.message] : []));

  it('several are set with one write and one update; every character arrives', async () => {
    workplace.emulator.faults.inject({ name: 'secrets-lag' });
    const plan = await environment.plan({
      intent: 'secrets.set',
      set: ['ONE', 'TWO'],
      unset: [],
      secretValues: { ONE: LINES, TWO: '2' },
    });
    expect(JSON.stringify(plan)).not.toContain('second=');
    expect(plan.changes.map(({ title, impact }) => [title, impact])).toEqual([
      ['set secrets ONE, TWO', ['in-place']],
      ['restart machine my-sindri-fly-1 with its new secrets (ONE and TWO)', ['restart']],
    ]);
    await environment.apply(plan);
    expect(await inside('ONE')).toBe(LINES);
    expect(writes().filter((write) => !/lease|exec/.test(write))).toEqual(['POST /secrets', 'POST /machines/ID']);
    expect(await listed('ONE')).toMatchObject({ state: 'live', fromConfig: false, local: null });
    expect((await environment.plan()).changes).toEqual([]);
    await unset('TWO', 'NEVER');
    expect(await inside('TWO')).toBe('');
  });

  it('the same value once more is nothing to do', async () => {
    await set({ SAME: 'value' });
    const again = { intent: 'secrets.set', set: ['SAME'], unset: [], secretValues: { SAME: 'value' } } as const;
    expect((await environment.plan(again)).changes).toEqual([]);
    const other = await environment.plan({ ...again, secretValues: { SAME: 'other' } });
    expect(other.changes).toHaveLength(2);
  });

  it('a staged one becomes live with a deploy of secrets, not with a restart, and everybody is told', async () => {
    await set({ LATER: 'old' });
    const { id, version } = machine() ?? {};
    await set({ LATER: 'new', FIRST: '1' }, true);
    expect([machine()?.id, machine()?.version]).toEqual([id, version]);
    expect(await listed('LATER')).toMatchObject({ state: 'staged' });
    await environment.restart();
    expect(await inside('LATER')).toBe('old');
    expect(notices('FLY_SECRETS_STAGED')).toEqual([
      'FIRST and LATER are staged: a restart does not make them live, `sindri secrets deploy` does.',
    ]);
    expect((await environment.plan()).notes.map(({ code }) => code)).toContain('FLY_SECRETS_STAGED');
    // A start after a stop brings them, and nobody is told otherwise.
    await set({ STOPPED: '1' }, true);
    await environment.stop();
    await environment.start();
    expect([await inside('STOPPED'), notices('FLY_SECRETS_STAGED')]).toEqual(['1', [expect.any(String)]]);
    await apply({ intent: 'secrets.deploy' });
    expect([await inside('LATER'), await inside('FIRST')]).toEqual(['new', '1']);
    expect(await listed('LATER')).toMatchObject({ state: 'live' });
    const empty = await environment.plan({ intent: 'secrets.deploy' });
    expect([empty.changes, empty.notes.map(({ code }) => code)]).toEqual([[], ['FLY_SECRETS_LIVE']]);
  });

  it('a removal can be staged, too', async () => {
    await set({ GOING: '1' });
    await apply({ intent: 'secrets.set', set: [], unset: ['GOING'], stage: true });
    expect([await inside('GOING'), (await listed('GOING'))?.state]).toEqual(['1', 'removed']);
    await apply({ intent: 'secrets.deploy' });
    expect([await inside('GOING'), await listed('GOING')]).toEqual(['', undefined]);
    // As with what is set: a start after a stop brings it, and nothing waits any more.
    await set({ GOING: '2' });
    await apply({ intent: 'secrets.set', set: [], unset: ['GOING'], stage: true });
    await environment.stop();
    await environment.start();
    expect([await inside('GOING'), await listed('GOING')]).toEqual(['', undefined]);
    expect((await environment.plan({ intent: 'secrets.deploy' })).changes).toEqual([]);
  });

  it.each(['stopped', 'suspended'] as const)(
    'a %s environment stays so, and has them when it is started',
    async (state) => {
      await (state === 'stopped' ? environment.stop() : environment.suspend());
      const value = `for ${state}`;
      const plan = await environment.plan({
        intent: 'secrets.set',
        set: ['NAP'],
        unset: [],
        secretValues: { NAP: value },
      });
      expect(plan.notes.map(({ message }) => message)).toEqual([
        expect.stringMatching(new RegExp(`is ${state} and stays so: it has the new secrets when it is started next`)),
      ]);
      await environment.apply(plan);
      expect(writes().filter((write) => /start$/.test(write))).toEqual([]);
      expect((await environment.status()).state).toMatch(/stopped|updating|suspended/);
      await environment.start();
      expect(await inside('NAP')).toBe(value);
    },
  );

  it('a token is minted for the app alone, and renewed; its end is told in time', async () => {
    await apply({ intent: 'secrets.protect', days: 30 });
    const token = await inside('FLY_API_TOKEN');
    expect(token).toMatch(/^FlyV1 fm2_/);
    const expiresAt = (await listed('FLY_API_TOKEN'))?.expiresAt ?? '';
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(30);
    expect(JSON.stringify(workplace.events)).not.toContain(token.slice(10));
    const ask = (asked: string): Promise<Response> =>
      fetch(`${workplace.emulator.url}${asked}`, { headers: { authorization: token } });
    expect([(await ask('/v1/apps/my-sindri-fly')).status, (await ask('/v1/apps?org_slug=personal')).status]).toEqual([
      200, 403,
    ]);
    const codes = (await environment.plan()).notes.map(({ code }) => code);
    expect(codes).not.toContain('FLY_TOKEN_ENDS');
    expect(codes).toContain('FLY_TOKEN_LASTS');
    expect((await environment.status()).ownToken).toEqual({
      secret: 'FLY_API_TOKEN',
      endsAt: expiresAt,
      endsSoon: false,
    });
    await apply({ intent: 'secrets.protect', days: 7 });
    expect((await environment.plan()).notes.map(({ code }) => code)).toContain('FLY_TOKEN_ENDS');
    expect((await environment.status()).ownToken?.endsSoon).toBe(true);
    await environment.restart();
    expect(notices('FLY_TOKEN_ENDS')).toEqual([expect.stringContaining('Renew it: sindri secrets protect')]);
    await unset('FLY_API_TOKEN');
    expect((await environment.status()).ownToken).toBeUndefined();
  });

  it.each([
    ['its own mark', { SINDRI_ENVIRONMENT: 'x' }, 'FLY_SECRET_RESERVED'],
    ['a variable of Fly', { FLY_APP_NAME: 'x' }, 'FLY_SECRET_RESERVED'],
    ['keys that are none', { AUTHORIZED_KEYS: 'ssh-ed25519 broken' }, 'SECRET_UNUSABLE'],
    ['a name that is none', { 'NOT-A-NAME': 'x' }, 'PLAN_INVALID'],
  ])('%s is refused, and nothing is written', async (_what, values, code) => {
    await expect(set(values)).rejects.toMatchObject({ code });
    await expect(unset('AUTHORIZED_KEYS')).rejects.toMatchObject({ code: 'FLY_SECRET_RESERVED' });
    expect(writes()).toEqual([]);
  });

  it('a plan has no values: whoever applies a saved one gives them again', async () => {
    const secretValues = { SAVED: 'by hand' };
    const plan = await environment.plan({ intent: 'secrets.set', set: ['SAVED'], unset: [], secretValues });
    const saved = JSON.parse(JSON.stringify(plan)) as typeof plan;
    await expect(environment.apply(saved)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    await expect(environment.apply(saved, { secretValues: { SAVED: 'another' } })).rejects.toMatchObject({
      code: 'PLAN_STALE',
    });
    await environment.apply(saved, { secretValues });
    expect(await inside('SAVED')).toBe('by hand');
  });

  it.each(requestFaults.filter(([, { params }]) => params === undefined).slice(0, 2))(
    'is done in the same run when %s, whichever request it is',
    async (title, fault) => {
      for (let nth = 1; ; nth++) {
        const value = `${title} ${nth}`;
        workplace.emulator.faults.inject({ ...fault, match: { nth }, times: 1 });
        expect({ nth, status: (await set({ FAULTY: value }, nth % 2 === 0)).status }).toEqual({
          nth,
          status: 'succeeded',
        });
        const struck = workplace.emulator.faults.list().length === 0;
        workplace.emulator.faults.clear();
        if (nth % 2 === 0) await apply({ intent: 'secrets.deploy' });
        expect({ nth, value: await inside('FAULTY') }).toEqual({ nth, value });
        if (!struck && nth > 6) break;
      }
    },
  );

  it('continues in the next run when it is cancelled, after whichever request', async () => {
    for (let nth = 1; nth < 20; nth += 2) {
      const value = `cancelled ${nth}`;
      const { controller, off } = abortAfter(workplace, nth);
      const cut = await workplace.open({ clock, signal: controller.signal });
      const options = { intent: 'secrets.set', set: ['CUT'], unset: [], secretValues: { CUT: value } } as const;
      const ended = await cut
        .plan(options)
        .then((plan) => cut.apply(plan))
        .catch((error: unknown) => error);
      off();
      if (isSindriError(ended)) expect(ended.code).toBe('OPERATION_CANCELLED');
      await set({ CUT: value });
      await apply({ intent: 'secrets.deploy' });
      await environment.start();
      expect({ nth, value: await inside('CUT') }).toEqual({ nth, value });
      if (!controller.signal.aborted) break;
    }
  }, 120_000);
});

describe('secrets of the config', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
  });
  afterEach(() => workplace.remove());

  it('a file appears at its place with its mode, and a changed one is an update', async () => {
    const config = withSecrets(
      '{ name: CLIENT_CERT, source: file, path: ./cert.bin, mountPath: /etc/app/cert.bin, permissions: "0444" }',
    );
    const bytes = Buffer.from([0, 255, 10, 13, 35, 34]);
    mkdirSync(workplace.home, { recursive: true });
    writeFileSync(path.join(workplace.home, 'cert.bin'), bytes);
    await workplace.deploy({ config });
    const environment = await workplace.open({ config });
    const files = (): unknown => workplace.emulator.inspect().machines[0]?.config.files;
    expect(files()).toEqual([{ guest_path: '/etc/app/cert.bin', secret_name: 'CLIENT_CERT', mode: 0o444 }]);
    expect((await environment.plan()).changes).toEqual([]);
    writeFileSync(path.join(workplace.home, 'cert.bin'), 'changed');
    expect((await environment.plan()).changes.map(({ id }) => id)).toEqual([
      'secrets:set',
      'machine:my-sindri-fly-1:update',
    ]);
    const set = environment.plan({
      intent: 'secrets.set',
      set: ['CLIENT_CERT'],
      unset: [],
      secretValues: { CLIENT_CERT: 'x' },
    });
    await expect(set).rejects.toMatchObject({ code: 'FLY_SECRET_RESERVED' });
    await workplace.deploy({ config });
    expect((await environment.exec({ command: ['sh', '-c', 'cat /etc/app/cert.bin'] })).stdout).toBe('changed');
    await workplace.deploy({ config: quickstart });
    expect(files() ?? []).toEqual([]);
  });

  it('the list compares with the local source, and a staged one is brought in by a deploy', async () => {
    const config = withSecrets('{ name: API_KEY, source: env }', '{ name: OTHER_KEY, source: env }');
    const env = { API_KEY: 'mine' };
    await workplace.deploy({ config, env });
    const environment = await workplace.open({ config, env });
    const rows = async () => (await environment.secrets()).map(({ name, state, local }) => `${name} ${state} ${local}`);
    expect(await rows()).toEqual(['API_KEY live same', 'AUTHORIZED_KEYS live null', 'OTHER_KEY absent null']);
    const options = {
      intent: 'secrets.set',
      set: ['API_KEY'],
      unset: [],
      stage: true,
      secretValues: { API_KEY: 'other' },
    } as const;
    await environment.apply(await environment.plan(options));
    expect((await rows())[0]).toBe('API_KEY staged differs');
    expect(
      (await (await workplace.open({ config, env: { API_KEY: 'other' } })).plan()).changes.map(({ id }) => id),
    ).toEqual(['machine:my-sindri-fly-1:update']);
    await workplace.deploy({ config, env });
    expect((await rows())[0]).toBe('API_KEY live same');
  });

  it('a token of its own comes with the option, once, and a wide one is warned of', async () => {
    const config = quickstart.replace('region: sjc', 'region: sjc\n    appToken: true');
    await workplace.deploy({ config });
    const environment = await workplace.open({ config });
    expect((await environment.plan()).changes).toEqual([]);
    expect((await environment.secrets()).find(({ name }) => name === 'FLY_API_TOKEN')).toMatchObject({ state: 'live' });
    const wide = await workplace.open({ config: withSecrets('{ name: FLY_API_TOKEN, source: env }') });
    expect((await wide.plan()).notes.map(({ code }) => code)).toContain('FLY_TOKEN_WIDE');
    await workplace.deploy({ config: quickstart });
    expect((await (await workplace.open()).secrets()).map(({ name }) => name)).toEqual(['AUTHORIZED_KEYS']);
  });
});
