import { checkProviderShape } from '../../src/provider/shape.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const good = fakeProvider(emptyWorld());
const withSession = { ...good, capabilities: ['session'], session: async () => undefined };

const signIn = {
  variable: 'ACME_TOKEN',
  locks: ['app'],
  begin: async () => undefined,
  accept: async () => undefined,
  status: async () => undefined,
  signOut: async () => undefined,
};

describe('checkProviderShape', () => {
  test('finds nothing wrong with a good provider', () => {
    expect(checkProviderShape(good)).toEqual([]);
    expect(
      checkProviderShape({
        ...good,
        capabilities: ['power', 'artifacts'],
        power: { start: async () => undefined, stop: async () => undefined },
        artifacts: () => [],
      }),
    ).toEqual([]);
    expect(
      checkProviderShape({
        ...good,
        capabilities: [
          'power',
          'volumes',
          'snapshots',
          'environments',
          'events',
          'cost',
          'regions',
          'signIn',
          'import',
        ],
        signIn,
        import: { files: ['fly.toml'], fromFile: () => ({ config: {}, remarks: [] }) },
        power: { start: async () => undefined, stop: async () => undefined, restart: async () => undefined },
        volumes: { intents: ['volume.delete'] },
        snapshots: { intents: ['snapshot.create'], list: async () => [] },
        environments: async () => ({ environments: [], unobserved: [] }),
        events: async () => [],
        cost: async () => ({}),
        regions: async () => [],
      }),
    ).toEqual([]);
  });

  test('a capability that is an object needs its methods', () => {
    const tunnelPeers = { list: async () => [], remove: async () => undefined };
    const wrong = (member: unknown): string[] =>
      checkProviderShape({ ...good, capabilities: ['tunnelPeers'], tunnelPeers: member });
    expect(wrong(tunnelPeers)).toEqual([]);
    expect(wrong({ list: tunnelPeers.list })).toEqual(['"tunnelPeers.remove" must be a function, but it is missing.']);
    expect(wrong(tunnelPeers.list)).toEqual(['"tunnelPeers" must be an object, but it is a function.']);
  });

  test('a platform may be able to pause only, or to give terminals only', () => {
    const power = { start: async () => undefined, suspend: async () => undefined };
    expect(checkProviderShape({ ...good, capabilities: ['power'], power })).toEqual([]);
    expect(checkProviderShape({ ...withSession, sessionModes: ['terminal'] })).toEqual([]);
    expect(checkProviderShape({ ...withSession, sessionModes: ['command', 'terminal'] })).toEqual([]);
  });

  test.each([
    [
      'a restart as data',
      { ...good, capabilities: ['power'], power: { start: () => undefined, stop: () => undefined, restart: true } },
      '"power.restart" must be a function or absent, but it is true.',
    ],
    ['images as a list of names', { ...good, images: 'all' }, '"images" must be an object or absent, but it is "all".'],
    [
      'a default image as data',
      { ...good, images: { defaultImage: 'a/b:1' } },
      '"images.defaultImage" must be a function or absent, but it is "a/b:1".',
    ],
    [
      'a platform that is none',
      { ...good, images: { platform: 'amd64' } },
      '"images.platform" must be like linux/amd64, but it is "amd64".',
    ],
    [
      'private images refused without a way out',
      { ...good, images: { publicly: true } },
      '"images.publicly" must have a hint or be absent, but it is true.',
    ],
    [
      'events as a list',
      { ...good, capabilities: ['events'], events: [] },
      '"events" must be a function, but it is an array.',
    ],
    [
      'environments that are not declared',
      { ...good, environments: async () => ({ environments: [], unobserved: [] }) },
      'The member "environments" is present, but the capability "environments" is not declared.',
    ],
    [
      'a snapshot intent that there is not',
      { ...good, capabilities: ['snapshots'], snapshots: { intents: ['snapshot.copy'], list: () => [] } },
      '"snapshots.intents" may have snapshot.create, snapshot.restore, snapshot.delete, but it has "snapshot.copy".',
    ],
    [
      'an import of nothing',
      { ...good, capabilities: ['import'], import: {} },
      '"import" must have "fromFile" or "fromPlatform", but it has neither.',
    ],
    [
      'an import of files without a name',
      { ...good, capabilities: ['import'], import: { files: ['a/b'], fromFile: () => undefined } },
      '"import.files" must name the files that "import.fromFile" reads, without directories.',
    ],
    ['no object', 7, 'A provider must be an object, not 7.'],
    ['a function', () => good, 'A provider must be an object, not a function.'],
    ['a bad name', { ...good, name: 'Fly' }, '"name" must match ^[a-z][a-z0-9-]*$, but it is "Fly".'],
    ['a version as text', { ...good, apiVersion: '1' }, '"apiVersion" must be 1, but it is "1".'],
    ['no title', { ...good, title: ' ' }, '"title" must be a name for people, but it is " ".'],
    ['a missing method', { ...good, observe: null }, '"observe" must be a function, but it is null.'],
    ['validate as data', { ...good, validate: {} }, '"validate" must be a function or absent, but it is an object.'],
    [
      'an intent that there is not',
      { ...good, capabilities: ['volumes'], volumes: { intents: ['volume.shrink'] } },
      '"volumes.intents" may have volume.extend, volume.delete, but it has "volume.shrink".',
    ],
    [
      'no intent',
      { ...good, capabilities: ['volumes'], volumes: {} },
      '"volumes.intents" must name at least one of volume.extend, volume.delete.',
    ],
    [
      'snapshots that nobody can list',
      { ...good, capabilities: ['snapshots'], snapshots: { intents: ['snapshot.create'] } },
      '"snapshots.list" must be a function, but it is missing.',
    ],
    [
      "a connection method with a name of core's",
      { ...good, connectionMethods: [{ name: 'auto', title: 'Any', needs: null }] },
      'The connection method name "auto" is core\'s.',
    ],
    [
      'a connection method without a title',
      { ...good, connectionMethods: [{ name: 'direct', needs: null }] },
      'The connection method "direct" has no title.',
    ],
    ['a title of two lines', { ...good, title: 'A\nB' }, '"title" must be a name for people, but it is "A\\nB".'],
    [
      'required secrets that are no list',
      { ...good, requiredSecrets: 'KEYS' },
      '"requiredSecrets" must be an array of names of secrets or absent.',
    ],
    [
      'patterns that are texts',
      { ...good, secretPatterns: ['fk_'] },
      '"secretPatterns" must be an array of regular expressions or absent.',
    ],
    ['a sample in YAML', { ...good, sample: 'cpus: 1' }, '"sample" must be an object or absent, but it is "cpus: 1".'],
    ['no schema', { ...good, optionsSchema: [] }, '"optionsSchema" must be a JSON Schema object, but it is an array.'],
    [
      'an open schema',
      { ...good, optionsSchema: { type: 'object' } },
      '"optionsSchema.additionalProperties" must be false, or misspelt options pass unnoticed.',
    ],
    [
      'no capabilities',
      { ...good, capabilities: 'logs' },
      '"capabilities" must be an array of capability names, but it is "logs".',
    ],
    [
      'one twice',
      { ...good, capabilities: ['artifacts', 'artifacts'], artifacts: () => [] },
      '"capabilities" names something twice.',
    ],
    [
      'a misspelt one',
      { ...good, capabilities: ['artifact'] },
      'The capability "artifact" is declared, but the member "artifact" is missing. Did you mean "artifacts"?',
    ],
    [
      'an undeclared member',
      { ...good, logs: () => [] },
      'The member "logs" is present, but the capability "logs" is not declared.',
    ],
    [
      'a member of the wrong kind',
      { ...good, capabilities: ['exec'], exec: {} },
      '"exec" must be a function, but it is an object.',
    ],
    [
      'half a sign-in',
      { ...good, capabilities: ['signIn'], signIn: { ...signIn, accept: undefined } },
      '"signIn.accept" must be a function, but it is missing.',
    ],
    [
      'a sign-in without a variable',
      { ...good, capabilities: ['signIn'], signIn: { ...signIn, variable: 'acme token' } },
      '"signIn.variable" must be the name of an environment variable, but it is "acme token".',
    ],
    [
      'a sign-in with a lock of its own',
      { ...good, capabilities: ['signIn'], signIn: { ...signIn, locks: ['planet'] } },
      '"signIn.locks" must be a list of "organization" and "app".',
    ],
    [
      'half a power switch',
      { ...good, capabilities: ['power'], power: { start: () => undefined } },
      '"power" must have "stop" or "suspend", but it has neither.',
    ],
    [
      'a power switch of another kind',
      { ...good, capabilities: ['power'], power: { start: () => undefined, suspend: 1 } },
      '"power.suspend" must be a function or absent, but it is 1.',
    ],
    [
      'an instance for what always takes one',
      { ...good, instanceCapabilities: ['exec'] },
      '"instanceCapabilities" may have power, hold, sshTarget, but it has "exec".',
    ],
    [
      'an instance for what it cannot do',
      { ...good, instanceCapabilities: ['hold'] },
      '"instanceCapabilities" has "hold", but the member "hold" is missing.',
    ],
    [
      'modes of sessions that it does not open',
      { ...good, sessionModes: ['terminal'] },
      '"sessionModes" is present, but the member "session" is missing.',
    ],
    [
      'one mode as text',
      { ...withSession, sessionModes: 'terminal' },
      '"sessionModes" must be an array of modes or absent, but it is "terminal".',
    ],
    [
      'an agent that is forwarded sometimes',
      { ...withSession, forwardsAgent: 'sometimes' },
      '"forwardsAgent" must be true, false or absent, but it is "sometimes".',
    ],
    ['no modes', { ...withSession, sessionModes: [] }, '"sessionModes" is empty: a session needs at least one mode.'],
    [
      'an unknown mode',
      { ...withSession, sessionModes: ['terminals'] },
      '"sessionModes" may have command and terminal, but it has "terminals".',
    ],
    [
      'a mode twice',
      { ...withSession, sessionModes: ['terminal', 'terminal'] },
      '"sessionModes" names something twice.',
    ],
  ])('%s', (_title, value, problem) => {
    expect(checkProviderShape(value)).toContain(problem);
  });

  test('a capability of a newer contract is no problem as long as its member is there', () => {
    expect(checkProviderShape({ ...good, capabilities: ['teleport'], teleport: () => undefined })).toEqual([]);
  });
});
