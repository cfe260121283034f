import { secretsDigest, secretsHash, toSecretsData } from '../../../src/planner/index.js';
import { oldSecretsDigest, oldSecretsHash } from '../../../src/planner/secrets/secrets-hash.js';
import { FlyWorld, ownKey, secret } from '../support/fly-world.js';
import { deploy, idsOf, planOn } from '../support/plans.js';
import { spec } from '../support/specs.js';

const own = (names: string[]) => spec({ secrets: names });
const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOther other@work';

function payload(plan: ReturnType<typeof planOn>) {
  return plan.changes.find(({ id }) => id === 'secrets:set')?.payload;
}

describe('secret hashes', () => {
  it('do not depend on order, do on every name and value', () => {
    const [a, b] = [secret('A'), secret('B')];
    expect(secretsHash([a, b])).toBe(secretsHash([b, a]));
    const all = [secretsHash([a, b]), secretsHash([a]), secretsHash([a, secret('B', 'new')])];
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
      authorizedKeys: { keys: [], addIdentity: true },
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
    expect(plan.changes[0]?.title).toBe('set secret A; unset B');
    world.apply(plan.changes, [secret('A')]);
    expect(world.secrets.map(({ name }) => name).sort()).toEqual([
      'A',
      'AUTHORIZED_KEYS',
      'SINDRI_ENVIRONMENT',
      'THEIRS',
    ]);
    expect(planOn(world, own(['A']), { secrets: [secret('A')] }).changes).toEqual([]);
  });

  describe('a computer that lacks an optional one', () => {
    const wanted = own(['A', 'B']);
    const both = [secret('A'), secret('B')];
    const [a, b] = both;

    it('changes nothing, and says that it stays', () => {
      const world = new FlyWorld();
      deploy(world, wanted, { secrets: both });
      for (const secrets of [[a], [b], []] as (typeof both)[]) {
        const plan = planOn(world, wanted, { secrets });
        expect(plan.changes).toEqual([]);
        const absent = both.filter((one) => !secrets.includes(one)).map(({ name }) => name);
        const notes = plan.notes.filter(({ code }) => code === 'FLY_SECRET_KEPT').map(({ message }) => message);
        expect(notes).toEqual([expect.stringContaining(absent.join(' and '))]);
      }
      expect(planOn(world, wanted, { secrets: both }).notes.map(({ code }) => code)).not.toContain('FLY_SECRET_KEPT');
    });

    it('sees a change of another one, and forgets nothing of the one that it lacks', () => {
      const world = new FlyWorld();
      deploy(world, wanted, { secrets: both });
      const changed = [secret('A', 'new')];
      const plan = planOn(world, wanted, { secrets: changed });
      expect(payload(plan)).toMatchObject({ set: ['A'], unset: [] });
      world.apply(plan.changes, changed);
      expect(planOn(world, wanted, { secrets: [...changed, secret('B')] }).changes).toEqual([]);
      expect(planOn(world, wanted, { secrets: changed }).changes).toEqual([]);
      expect(idsOf(planOn(world, wanted, { secrets: [...changed, secret('B', 'new')] }))).toContain('secrets:set');
    });

    it('still unsets one that has left the config', () => {
      const world = new FlyWorld();
      deploy(world, wanted, { secrets: both });
      expect(payload(planOn(world, own(['B']), { secrets: [] }))).toMatchObject({ set: [], unset: ['A'] });
    });

    it('keeps one that others have set, and sets one that nobody has', () => {
      const world = new FlyWorld();
      deploy(world, wanted, { secrets: [secret('A')] });
      expect(payload(planOn(world, wanted, { secrets: both }))).toMatchObject({ set: ['A', 'B'] });
    });
  });

  it('compares with the one hash that an earlier version has noted, and changes nothing for its sake', () => {
    const world = new FlyWorld();
    const wanted = own(['A', 'B']);
    const both = [secret('A'), secret('B')];
    deploy(world, wanted, { secrets: both });
    const metadata = world.machines[0]?.config?.metadata ?? {};
    const { items } = toSecretsData(world.secrets);
    metadata['sindri_secrets_hash'] = oldSecretsHash(both);
    metadata['sindri_secrets_digest'] = oldSecretsDigest(items, ['A', 'B']);
    expect(planOn(world, wanted, { secrets: both }).changes).toEqual([]);
    expect(planOn(world, wanted, { secrets: [secret('A')] }).changes).toEqual([]);
    expect(payload(planOn(world, own(['A', 'B', 'C']), { secrets: [secret('A'), secret('C')] }))).toMatchObject({
      set: ['A', 'C'],
    });
    const changed = [secret('A'), secret('B', 'new')];
    expect(payload(planOn(world, wanted, { secrets: changed }))).toMatchObject({ set: ['A', 'B'] });
    deploy(world, wanted, { secrets: changed });
    expect(world.machines[0]?.config?.metadata?.['sindri_secrets_hash']).toMatch(/^A:[0-9a-f]{16},B:[0-9a-f]{16}$/);
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

  it('is no change when somebody else deploys, and says how he gets in', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    world.identity = { kind: 'agent', publicKey: otherKey, path: null, comment: 'other@work' };
    const others = planOn(world, wanted);
    world.identity = null;
    const nobodys = planOn(world, wanted);
    for (const plan of [others, nobodys]) {
      expect(plan.changes).toEqual([]);
      expect(noteOf(plan)).toMatch(/^SSH admits SHA256:\S+ \(me@home\)\..*`sindri connect` lets yours in/);
    }
  });

  it('leaves the keys alone when another secret changes, whoever deploys', () => {
    const world = new FlyWorld();
    deploy(world, own(['A']), { secrets: [secret('A')] });
    world.identity = { kind: 'agent', publicKey: otherKey, path: null, comment: 'other@work' };
    const plan = planOn(world, own(['A']), { secrets: [secret('A', 'new')] });
    expect(payload(plan)).toMatchObject({ set: ['A'], authorizedKeys: null });
    world.apply(plan.changes, [secret('A', 'new')]);
    expect(world.secrets.find(({ name }) => name === 'AUTHORIZED_KEYS')?.value).toBe(ownKey);
    expect(noteOf(planOn(world, own(['A']), { secrets: [secret('A', 'new')] }))).toContain('me@home');
  });

  it('is no change when the app has keys that nobody has noted: a half-made deploy, or another tool', () => {
    const world = new FlyWorld();
    world.apply(planOn(world, wanted).changes.slice(0, 2));
    expect(world.secrets.map(({ name }) => name)).toEqual(['AUTHORIZED_KEYS', 'SINDRI_ENVIRONMENT']);
    const plan = planOn(world, wanted);
    expect(idsOf(plan)).not.toContain('secrets:set');
    expect(noteOf(plan)).toContain('is not noted');
    world.apply(plan.changes);
    expect(planOn(world, wanted).changes).toEqual([]);
    world.setSecretValues({ AUTHORIZED_KEYS: otherKey });
    expect(planOn(world, wanted).changes).toEqual([]);
  });

  it('brings back the keys that it knows when somebody has removed the secret', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    world.setSecretValues({});
    world.identity = null;
    const plan = planOn(world, wanted);
    expect(payload(plan)).toMatchObject({ authorizedKeys: { keys: [ownKey], addIdentity: false } });
    expect(idsOf(plan)).not.toContain('identity:create');
  });

  it('knows a key by its substance, not by its comment', () => {
    const world = new FlyWorld();
    deploy(world, wanted);
    world.identity = { kind: 'agent', publicKey: ownKey.replace('me@home', 'elsewhere'), path: null, comment: null };
    const plan = planOn(world, wanted);
    expect(plan.changes).toEqual([]);
    expect(noteOf(plan)).toContain('This computer can log in with');
  });

  it('shows the keys of the config, and warns when this computer can log in with none of them', () => {
    const world = new FlyWorld();
    const facts = { publicKeys: [{ publicKey: bare(ownKey), comment: 'me@home' }] };
    const plan = planOn(world, own(['AUTHORIZED_KEYS']), { secrets: [{ ...secret('AUTHORIZED_KEYS'), facts }] });
    expect(noteOf(plan)).toMatch(/\(from environment\): SHA256:\S+ \(me@home\)\. This computer can log in with it \(/);
    expect(plan.notes.map(({ code }) => code)).not.toContain('FLY_SSH_KEY_NOT_HERE');
    world.identity = null;
    const elsewhere = planOn(world, own(['AUTHORIZED_KEYS']), { secrets: [{ ...secret('AUTHORIZED_KEYS'), facts }] });
    expect(elsewhere.notes).toContainEqual(expect.objectContaining({ level: 'warning', code: 'FLY_SSH_KEY_NOT_HERE' }));
  });
});

function bare(key: string): string {
  return key.split(' ').slice(0, 2).join(' ');
}

function noteOf(plan: ReturnType<typeof planOn>): string | undefined {
  return plan.notes.find(({ code }) => code === 'FLY_SSH_KEY')?.message;
}
