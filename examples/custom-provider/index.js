'use strict';
const { existsSync } = require('node:fs');
const fs = require('node:fs/promises');
const path = require('node:path');
const { failure, openShell } = require('./processes.js');

/** An environment is this directory: `environment.json`, `home/`, `log`, and `asleep` while it is stopped. */
function directoryOf({ name, options }, { HOME }) {
  const root = options.root ?? (HOME && path.join(HOME, 'sindri-environments'));
  if (root) return path.resolve(root, name);
  throw failure('DIRECTORY_NO_ROOT', 'usage', 'HOME is not set.', 'Set HOME, or providers.directory.root.');
}

async function readSettings(directory) {
  return JSON.parse(await fs.readFile(path.join(directory, 'environment.json'), 'utf8'));
}

async function log(directory, { clock }, message) {
  await fs.appendFile(path.join(directory, 'log'), `${new Date(clock.now()).toISOString()} ${message}\n`);
}

async function requireDeployed(spec, { signal, env }, instance) {
  signal.throwIfAborted();
  const directory = directoryOf(spec, env);
  const there = (await look(directory)).owned;
  if (there && (instance ?? spec.name) === spec.name) return directory;
  const what = there ? `instance "${instance}" of "${spec.name}"` : `environment "${spec.name}"`;
  throw failure('DIRECTORY_ABSENT', 'refused', `The ${what} does not exist.`, there ? undefined : 'Deploy it first.');
}

async function setPower(spec, context, after, instance) {
  const directory = await requireDeployed(spec, context, instance);
  const marker = path.join(directory, 'asleep');
  const before = existsSync(marker) ? 'stopped' : 'running';
  if (before === after) return { before, after };
  await (after === 'running' ? fs.rm(marker) : fs.writeFile(marker, ''));
  await log(directory, context, `the environment is ${after}`);
  return { before, after };
}

/** Absent only when the file system says so; any other failure means that nobody knows. */
async function look(directory) {
  try {
    await fs.access(directory);
  } catch (error) {
    return error.code === 'ENOENT' ? { status: 'absent' } : { status: 'unobserved', reason: error.message };
  }
  // The values of the secrets are in the same file, and must not get into an observation.
  const settings = await readSettings(directory).catch((error) => error);
  // A directory without the file is somebody else's; anything else that cannot be read may well be ours.
  if (settings instanceof Error && settings.code !== 'ENOENT')
    return { status: 'unobserved', reason: settings.message };
  const { mark, greeting, secrets } = settings;
  const asleep = existsSync(path.join(directory, 'asleep'));
  return { status: 'present', owned: mark === 'sindri', data: { greeting, secrets, asleep } };
}

/** What differs, for people: of a secret they see the name only. */
function compare(there, wanted) {
  const show = (settings, field) => (field === 'secrets' ? Object.keys(settings.secrets) : settings[field]);
  return Object.keys(wanted)
    .filter((field) => JSON.stringify(there[field]) !== JSON.stringify(wanted[field]))
    .map((field) => ({ field, from: show(there, field), to: show(wanted, field) }));
}

/** @type {import('@sindri/core').ProviderFactory} */
exports.createProvider = () => ({
  name: 'directory',
  apiVersion: 1,
  title: 'Directories on this computer',
  capabilities: ['power', 'session', 'logs'],
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      root: { type: 'string', description: 'The directory of all environments. Default: ~/sindri-environments' },
      greeting: { type: 'string', default: 'Welcome', description: 'What a session finds in $GREETING.' },
    },
  },

  // What `sindri config init` writes: sizes mean nothing here.
  sample: { options: { greeting: 'Welcome' } },

  async check(_request, { env }) {
    const item = { id: 'home', title: 'Home directory', message: `HOME is ${env.HOME ?? 'not set'}` };
    if (env.HOME !== undefined) return { items: [{ ...item, status: 'ok' }] };
    return { items: [{ ...item, status: 'failed', fix: 'Set HOME, or providers.directory.root in the config.' }] };
  },

  async observe(spec, { signal, env, clock }) {
    signal.throwIfAborted();
    const seen = await look(directoryOf(spec, env));
    signal.throwIfAborted();
    const observedAt = new Date(clock.now()).toISOString();
    const resources = [{ id: 'directory', type: 'directory', name: spec.name, ...seen }];
    return { environment: spec.name, provider: 'directory', observedAt, resources, facts: {} };
  },

  plan({ spec, intent, secrets, keep = [] }, { resources }) {
    const fingerprints = Object.fromEntries(secrets.map(({ name, fingerprint }) => [name, fingerprint]));
    const wanted = { greeting: spec.options.greeting, secrets: fingerprints };
    const resource = { type: 'directory', name: spec.name };
    const plan = (action, differences, impact) => {
      const title = `${action} the directory of ${spec.name}`;
      const common = { id: `directory:${action}`, action, resource, title, dependsOn: [], monthlyCostDelta: 0 };
      return { changes: [{ ...common, differences, impact, payload: wanted }], notes: [], cost: null };
    };
    // What is unobserved gets no change: it may well exist.
    const nothing = { changes: [], notes: [], cost: null };
    const there = resources.find(({ id }) => id === 'directory');
    if (intent === 'destroy') {
      const goes = there?.status === 'present' && there.owned && !keep.includes('directory');
      return goes ? plan('delete', [], ['data-loss']) : nothing;
    }
    if (there?.status === 'absent') return plan('create', [], ['in-place']);
    if (there?.status !== 'present') return nothing;
    if (!there.owned) throw failure('DIRECTORY_TAKEN', 'refused', `${spec.name} is not ours.`, 'Choose another name.');
    const differences = compare(there.data, wanted);
    return differences.length === 0 ? nothing : plan('update', differences, ['in-place']);
  },

  async apply({ id, payload }, context) {
    const { spec, secrets, signal, env } = context;
    signal.throwIfAborted();
    const directory = directoryOf(spec, env);
    if (id === 'directory:delete') {
      // Moved away first, and made aside below: nobody ever sees half an environment, whenever this process is killed.
      if (existsSync(directory)) await fs.rename(directory, `${directory}.old`);
      await fs.rm(`${directory}.old`, { recursive: true, force: true });
    } else if (id === 'directory:create' || id === 'directory:update') {
      const values = Object.fromEntries(secrets.entries.map(({ name }) => [name, secrets.reveal(name)]));
      const target = existsSync(directory) ? directory : `${directory}.new`;
      await fs.mkdir(path.join(target, 'home'), { recursive: true });
      const file = path.join(target, 'environment.json');
      const settings = JSON.stringify({ mark: 'sindri', ...payload, values });
      await fs.writeFile(`${file}.new`, settings, { mode: 0o600 });
      await fs.rename(`${file}.new`, file);
      // Whoever deploys a change wants to use it.
      await fs.rm(path.join(target, 'asleep'), { force: true });
      await log(target, context, 'the environment is deployed');
      if (target !== directory) await fs.rename(target, directory);
    } else {
      throw failure('DIRECTORY_CHANGE_UNKNOWN', 'internal', `This provider never planned "${id}".`);
    }
    return { status: 'applied', result: { directory } };
  },

  summarize(spec, { resources }) {
    const there = resources.find(({ id }) => id === 'directory');
    const power = there?.data?.asleep ? 'stopped' : 'running';
    const unknown = there?.status === 'unobserved' ? 'unknown' : 'absent';
    const nothing = { platformState: null, image: null, region: null, addresses: [], cost: null, idleBehaviour: null };
    return {
      ...nothing,
      environment: spec.name,
      provider: 'directory',
      state: there?.owned ? power : unknown,
      timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null },
      resources: { memoryMb: null, cpus: null, volumeGb: null },
      details: {},
    };
  },

  power: {
    start: (spec, context) => setPower(spec, context, 'running'),
    stop: (spec, context) => setPower(spec, context, 'stopped'),
  },

  async session(spec, request, context) {
    await setPower(spec, context, 'running', request.instance);
    const directory = directoryOf(spec, context.env);
    const { greeting, values } = await readSettings(directory);
    const home = path.join(directory, 'home');
    const env = { PATH: context.env.PATH, HOME: home, GREETING: greeting, ...values, ...request.env };
    context.signal.throwIfAborted();
    return openShell(request, { cwd: home, env });
  },

  async *logs(spec, { follow, sinceMs = 0, tail = Infinity, instance }, context) {
    const file = path.join(await requireDeployed(spec, context, instance), 'log');
    for (let known = 0; ; await context.clock.sleep(500, context.signal)) {
      const lines = (await fs.readFile(file, 'utf8')).split('\n').slice(0, -1);
      const first = known === 0 ? Math.max(0, lines.length - tail) : known;
      known = lines.length;
      for (const line of lines.slice(first)) {
        const [timestamp = '', ...words] = line.split(' ');
        const parsed = { timestamp, source: 'app', level: 'info', instance: spec.name, message: words.join(' ') };
        if (Date.parse(timestamp) >= sinceMs) yield parsed;
      }
      if (!follow) return;
    }
  },
});
