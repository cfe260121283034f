import { secretsDigest, secretsHash } from '../../../src/planner/index.js';
import { FlyWorld, ownKey, secret } from '../support/fly-world.js';
import { codesOf, deploy, idsOf, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

const own = (names: string[]) => spec({ secrets: names });
const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOther other@work';

function payload(plan: ReturnType<typeof planOn>) {
  return plan.changes.find(({ id }) => id === 'secrets:set')?.payload;
}

describe('secret hashes', () => {
  it('do not depend on order, do on every name, value and key', () => {
    const [a, b] = [secret('A'), secret('B')];
    expect(secretsHash([a, b], ['k', 'l'])).toBe(secretsHash([b, a], ['l', 'k']));
    const all = [
      secretsHash([a, b], null),
      secretsHash([a], null),
      secretsHash([a, secret('B', 'new')], null),
      secretsHash([a, b], []),
      secretsHash([a, b], ['k']),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('of digests look only at the names that matter', () => {
    const items = [
      { name: 'A', digest: '1' },
      { name: 'B', digest: '2' },
    ];
    expect(secretsDigest(items, ['A'])).toBe(secretsDigest([items[0] as never]));
    expect(secretsDigest(items)).toBe(secretsDigest([...items].reverse()));
    expect(secretsDigest(items)).not.toBe(
      secretsDigest([
        { name: 'A', digest: '1' },
        { name: 'B', digest: '3' },
      ]),
    );
  });
});

describe('planning secrets', () => {
  it('sets those of the config and manages AUTHORIZED_KEYS beside them', () => {
    const plan = planOn(new FlyWorld(), own(['GITHUB_TOKEN']), { secrets: [secret('GITHUB_TOKEN')] });
    expect(payload(plan)).toEqual({
      kind: 'secrets.set',
      set: ['GITHUB_TOKEN'],
      unset: [],
      mark: true,
      authorizedKeys: { keys: [], addIdentity: true, mergeFromMachine: null },
    });
    expect(plan.changes.find(({ id }) => id === 'secrets:set')?.title).toBe(
      'set secrets AUTHORIZED_KEYS, GITHUB_TOKEN, SINDRI_ENVIRONMENT',
    );
  });

  it('leaves AUTHORIZED_KEYS to the config when it is there', () => {
    const plan = planOn(new FlyWorld(), own(['AUTHORIZED_KEYS']), { secrets: [secret('AUTHORIZED_KEYS')] });
    expect(payload(plan)).toMatchObject({ set: ['AUTHORIZED_KEYS'], authorizedKeys: null });
    expect(plan.notes.find(({ code }) => code === 'FLY_SSH_KEY')?.message).toContain('(from environment)');
  });

  it.each([
    ['a changed value', [secret('A', 'new')], 'the config or a value in it has changed'],
    ['one more', [secret('A'), secret('B')], 'the config or a value in it has changed'],
  ])('%s is set, and the machine restarts for it', (_name, secrets, why) => {
    const world = new FlyWorld();
    const wanted = own(['A', 'B']);
    deploy(world, wanted, { secrets: [secret('A')] });
    const plan = planOn(world, wanted, { secrets });
    expect(idsOf(plan)).toEqual(['secrets:set', 'machine:my-sindri-1:update']);
    expect(plan.changes[0]?.differences.find(({ field }) => field === 'secrets.A')?.why).toBe(why);
    expect(plan.changes[1]).toMatchObject({ impact: ['restart'], dependsOn: ['secrets:set'] });
    world.apply(plan.changes, secrets);
    expect(planOn(world, wanted, { secrets }).changes).toEqual([]);
  });

  it('one that was changed elsewhere is set again', () => {
    const world = new FlyWorld();
    deploy(world, own(['A']), { secrets: [secret('A')] });
    world.setSecretValues({ A: 'changed by hand', AUTHORIZED_KEYS: ownKey });
    const plan = planOn(world, own(['A']), { secrets: [secret('A')] });
    expect(plan.changes[0]?.differences[0]?.why).toBe('changed outside Sindri since the last deploy');
  });

  it('one that was removed elsewhere is set again', () => {
    const world = new FlyWorld();
    deploy(world, own(['A']), { secrets: [secret('A')] });
    world.setSecretValues({ AUTHORIZED_KEYS: ownKey });
    expect(idsOf(planOn(world, own(['A']), { secrets: [secret('A')] }))).toContain('secrets:set');
  });

  it('one that has left the config is unset, one of somebody else is not', () => {
    const world = new FlyWorld();
    deploy(world, own(['A', 'B']), { secrets: [secret('A'), secret('B')] });
    world.setSecretValues({
      ...Object.fromEntries(world.secrets.map(({ name, value }) => [name, value])),
      THEIRS: 'x',
    });
    const plan = planOn(world, own(['A']), { secrets: [secret('A')] });
    expect(payload(plan)).toMatchObject({ set: ['A'], unset: ['B'] });
    expect(plan.changes[0]?.title).toBe('set secrets A, AUTHORIZED_KEYS; unset B');
    world.apply(plan.changes, [secret('A')]);
    expect(world.secrets.map(({ name }) => name).sort()).toEqual([
      'A',
      'AUTHORIZED_KEYS',
      'SINDRI_ENVIRONMENT',
      'THEIRS',
    ]);
    expect(planOn(world, own(['A']), { secrets: [secret('A')] }).changes).toEqual([]);
  });

  it('an optional one that this computer does not have stays, and is still known later', () => {
    const world = new FlyWorld();
    deploy(world, own(['A', 'B']), { secrets: [secret('A'), secret('B')] });
    deploy(world, own(['A', 'B']), { secrets: [secret('A')] });
    expect(world.secrets.map(({ name }) => name)).toContain('B');
    deploy(world, own(['A']), { secrets: [secret('A')] });
    expect(world.secrets.map(({ name }) => name)).not.toContain('B');
  });
});

describe('planning who may log in', () => {
  const wanted = spec();

  it('makes a key pair first when there is none', () => {
    const world = new FlyWorld();
    world.identity = null;
    const plan = planOn(world, wanted);
    const [identity, app] = plan.changes;
    expect(identity).toMatchObject({ id: 'identity:create', dependsOn: [], payload: { kind: 'identity.create' } });
    expect(app?.dependsOn).toEqual(['identity:create']);
    expect(plan.changes.find(({ id }) => id === 'secrets:set')?.dependsOn).toEqual(['app:create', 'identity:create']);
    expect(plan.notes.find(({ code }) => code === 'FLY_SSH_KEY')?.message).toMatch(/deploy makes a key pair/);
    world.apply(plan.changes);
    expect(planOn(world, wanted).changes).toEqual([]);
  });

  it('makes none when the config brings the keys', () => {
    const world = new FlyWorld();
    world.identity = null;
    const plan = planOn(world, own(['AUTHORIZED_KEYS']), { secrets: [secret('AUTHORIZED_KEYS')] });
    expect(idsOf(plan)).not.toContain('identity:create');
  });

  it.each([
    [{ kind: 'file' as const, path: '/home/me/.ssh/id_ed25519.pub', comment: 'me' }, '/home/me/.ssh/id_ed25519.pub'],
    [{ kind: 'agent' as const, path: null, comment: 'me@laptop' }, 'me@laptop of your SSH agent'],
    [
      { kind: 'generated' as const, path: '/state/id_ed25519', comment: null },
      'keeps for this environment (/state/id_ed25519)',
    ],
  ])('says which key it is: %j', (identity, text) => {
    const world = new FlyWorld();
    world.identity = { publicKey: ownKey, ...identity };
    expect(planOn(world, wanted).notes.find(({ code }) => code === 'FLY_SSH_KEY')?.message).toContain(text);
  });

  it('adds the key of a second person to that of the first', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    world.identity = { kind: 'agent', publicKey: otherKey, path: null, comment: 'other@work' };
    const plan = planOn(world, wanted);
    expect(payload(plan)).toMatchObject({
      authorizedKeys: { keys: [ownKey], addIdentity: true, mergeFromMachine: null },
    });
    expect(plan.changes[0]?.differences).toEqual([
      { field: 'secrets.AUTHORIZED_KEYS', from: 'set', to: 'set', why: 'your key is not in it yet' },
    ]);
  });

  it('knows a key by its substance, not by its comment', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    world.identity = { kind: 'agent', publicKey: ownKey.replace('me@home', 'elsewhere'), path: null, comment: null };
    expect(planOn(world, wanted).changes).toEqual([]);
  });

  it('asks the machine for keys that somebody else has put there', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    const metadata = world.machine().config?.metadata as Record<string, string>;
    for (const key of Object.keys(metadata)) if (key.startsWith('sindri_')) delete metadata[key];
    world.setSecretValues({ AUTHORIZED_KEYS: otherKey });
    world.admittedKeys = [otherKey];
    const plan = planOn(world, wanted, { adopt: true });
    expect(payload(plan)).toMatchObject({ authorizedKeys: { keys: [], mergeFromMachine: world.machine().id } });
    expect(codesOf(plan)).not.toContain('FLY_SSH_KEYS_UNREAD');
    world.apply(plan.changes);
    expect(world.secrets[0]?.value).toBe(`${ownKey}\n${otherKey}`);
    expect(planOn(world, wanted).changes).toEqual([]);
  });

  it('warns when those keys cannot be read, because the machine does not run', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    world.setSecretValues({ AUTHORIZED_KEYS: otherKey });
    world.machine().state = 'stopped';
    expect(codesOf(planOn(world, wanted))).toContain('FLY_SSH_KEYS_UNREAD');
  });
});
