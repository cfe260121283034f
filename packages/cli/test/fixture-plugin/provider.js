const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { mkdirSync, readdirSync, readFileSync, rmSync, unwatchFile, watchFile, writeFileSync } = require('node:fs');
const path = require('node:path');

const BRAND = Symbol.for('sindri.error/1');

/** An error as a plugin with its own copy of core would throw it. */
function failure(code, kind, message, hint) {
  const error = Object.assign(new Error(message), { code, kind, hint, retryable: false, details: {} });
  Object.defineProperty(error, BRAND, { value: true });
  error.toJSON = () => ({ code, kind, message, hint, retryable: false, details: {} });
  return error;
}

const fingerprintOf = (publicKey) =>
  `SHA256:${createHash('sha256')
    .update(Buffer.from(publicKey.split(' ')[1], 'base64'))
    .digest('base64')
    .replace(/=+$/, '')}`;
const fileOf = (spec, { stateDir }) => path.join(stateDir, `paper-${spec.name}.json`);

function read(spec, context) {
  try {
    return JSON.parse(readFileSync(fileOf(spec, context), 'utf8'));
  } catch {
    return null;
  }
}

function write(spec, context, sheet) {
  mkdirSync(context.stateDir, { recursive: true });
  writeFileSync(fileOf(spec, context), JSON.stringify(sheet));
}

const snapshotsOf = (sheet) => sheet?.snapshots ?? [];

/** What the snapshots and the pads that a restore has left can be asked for. */
function planOnPads({ intent, snapshot, volume }, sheet, change) {
  if (sheet === null) throw failure('PAPER_ABSENT', 'refused', 'There is no pad.', 'Run sindri deploy.');
  const resource = { type: 'volume', name: 'pad' };
  const onPad = (id, action, title, impact, payload) => ({
    ...change(action, title, impact, 0),
    id,
    resource,
    payload,
  });
  if (intent === 'snapshot.create') {
    return onPad('snapshot:create', 'create', 'copy the pad', ['in-place'], { do: 'copy' });
  }
  if (intent === 'volume.delete') {
    if (volume === 'pad') throw failure('PAPER_IN_USE', 'refused', 'The pad is in use.', 'Run sindri destroy.');
    if (!(sheet.oldPads ?? []).includes(volume)) throw failure('PAPER_UNKNOWN', 'usage', `There is no pad ${volume}.`);
    return onPad('volume:delete', 'delete', `burn the pad ${volume}`, ['data-loss'], { do: 'burn', volume });
  }
  if (!snapshotsOf(sheet).some(({ id }) => id === snapshot)) {
    throw failure('PAPER_UNKNOWN', 'usage', `There is no copy ${snapshot}.`, 'Look at the list of copies.');
  }
  return intent === 'snapshot.restore'
    ? onPad('snapshot:restore', 'replace', `go back to ${snapshot}`, ['replace'], { do: 'restore', snapshot })
    : onPad('snapshot:delete', 'delete', `burn the copy ${snapshot}`, ['data-loss'], { do: 'drop', snapshot });
}

function applyOnPads(payload, sheet) {
  const snapshots = snapshotsOf(sheet);
  const oldPads = sheet.oldPads ?? [];
  if (payload.do === 'copy') {
    const id = `copy-${snapshots.length + 1}`;
    const createdAt = `2026-03-0${snapshots.length + 1}T12:00:00.000Z`;
    const copy = { id, volume: 'pad', createdAt, sizeGb: 0.5, state: 'ready', expiresAt: null, pages: sheet.pages };
    return { ...sheet, snapshots: [copy, ...snapshots] };
  }
  if (payload.do === 'drop') return { ...sheet, snapshots: snapshots.filter(({ id }) => id !== payload.snapshot) };
  if (payload.do === 'burn') return { ...sheet, oldPads: oldPads.filter((pad) => pad !== payload.volume) };
  const { pages } = snapshots.find(({ id }) => id === payload.snapshot);
  return { ...sheet, pages, oldPads: [...oldPads, `pad-${oldPads.length + 1}`] };
}

function requireToken(context) {
  const token = context.env.PAPER_TOKEN;
  context.emit({
    type: 'api.request',
    method: 'GET',
    path: '/sheets',
    status: token ? 200 : 401,
    elapsedMs: 5,
    attempt: 1,
  });
  if (!token) throw failure('PAPER_TOKEN_MISSING', 'auth', 'No token for Paper.', 'Set PAPER_TOKEN.');
  if (token === 'refused-token') throw failure('PAPER_TOKEN_REFUSED', 'auth', `Paper refused the token ${token}.`);
}

function power(spec, context, after) {
  const sheet = read(spec, context);
  if (sheet === null || sheet.kept)
    throw failure('PAPER_ABSENT', 'refused', 'There is no sheet.', 'Run sindri deploy.');
  write(spec, context, { ...sheet, state: after });
  return { before: sheet.state, after };
}

/** Prints as a careless plugin does: at load, and whenever it works. */
function chatter(what) {
  if (process.env.PAPER_NOISE) console.log(`paper: ${what}, with ${process.env.PAPER_TOKEN}`);
}
chatter('loaded');

exports.createProvider = () => ({
  name: 'paper',
  apiVersion: 1,
  title: 'Paper',
  capabilities: [
    'power',
    'session',
    'exec',
    'logs',
    'artifacts',
    'volumes',
    'snapshots',
    'keys',
    'environments',
    'events',
  ],
  connectionMethods: [
    { name: 'pen', title: 'a line in ink', needs: null },
    { name: 'pencil', title: 'a line that can be erased', needs: 'a sharpener' },
  ],
  volumes: { intents: ['volume.extend', 'volume.delete'] },
  snapshots: {
    intents: ['snapshot.create', 'snapshot.restore', 'snapshot.delete'],
    list: async (spec, context) => snapshotsOf(read(spec, context)).map(({ pages: _pages, ...snapshot }) => snapshot),
  },
  /** Every sheet in the drawer; `PAPER_DRAWER=stuck` says that there may be more. */
  async environments(context) {
    requireToken(context);
    mkdirSync(context.stateDir, { recursive: true });
    const files = readdirSync(context.stateDir).filter((name) => /^paper-.*\.json$/.test(name));
    return {
      environments: files.sort().map((file) => {
        const name = file.slice('paper-'.length, -'.json'.length);
        const sheet = read({ name }, context);
        return {
          name,
          platformName: `sheet ${name}`,
          state: sheet.kept ? 'absent' : sheet.state,
          region: null,
          resources: { memoryMb: null, cpus: null, volumeGb: sheet.pages },
          monthlyCost: { currency: 'USD', running: sheet.kept ? 0 : 1.5, idle: null },
          owner: 'a clerk',
          createdAt: null,
          orphans: sheet.kept ? [`volume pad, ${sheet.pages} GB, without a sheet`] : [],
        };
      }),
      unobserved: context.env.PAPER_DRAWER === 'stuck' ? ['The lower drawer is stuck.'] : [],
    };
  },
  async events(spec, { sinceMs = 0, tail, instance }, context) {
    requireToken(context);
    if (read(spec, context) === null) return [];
    const told = [
      { at: '2026-03-01T12:00:00.000Z', kind: 'created', cause: 'user', message: 'taken from the pile' },
      { at: '2026-03-01T13:00:00.000Z', kind: 'started', cause: 'connection', message: 'woken by a connection' },
      { at: '2026-03-01T14:00:00.000Z', kind: 'out-of-memory', cause: 'crash', message: 'out of space at the margin' },
    ].filter(({ at }) => Date.parse(at) >= sinceMs);
    const shown = tail === undefined ? told : told.slice(Math.max(0, told.length - tail));
    return instance === undefined ? shown : shown.map((event) => ({ ...event, instance }));
  },
  keys: {
    intents: ['key.admit', 'key.remove'],
    list: async (spec, context) => read(spec, context)?.keys ?? [],
  },
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      color: { type: 'string', enum: ['white', 'blue'], default: 'white' },
      /** What goes wrong on purpose: an error kind in apply, or `loss` for a plan that loses something. */
      trouble: { type: 'string', default: 'none' },
    },
  },

  async check(_request, context) {
    const token = context.env.PAPER_TOKEN !== undefined;
    return {
      items: [
        token
          ? { id: 'token', title: 'Token', status: 'ok', message: 'from PAPER_TOKEN' }
          : { id: 'token', title: 'Token', status: 'failed', message: 'none', fix: 'Set PAPER_TOKEN.' },
      ],
    };
  },

  async observe(spec, context) {
    requireToken(context);
    chatter('observing');
    const stored = read(spec, context);
    const sheet = stored?.kept ? null : stored;
    const status = sheet === null ? 'absent' : 'present';
    return {
      environment: spec.name,
      provider: 'paper',
      observedAt: new Date(context.clock.now()).toISOString(),
      resources: [
        {
          id: 'sheet',
          type: 'sheet',
          name: spec.name,
          status,
          owned: true,
          ...(sheet === null ? {} : { data: sheet }),
        },
        {
          id: 'volume:pad',
          type: 'volume',
          name: 'pad',
          owned: true,
          ...(stored === null ? { status: 'absent' } : { status: 'present', data: { pages: stored.pages } }),
        },
        ...(spec.options.trouble === 'unread'
          ? [{ id: 'ink', type: 'ink', name: 'pot', status: 'unobserved', reason: 'the lid is stuck' }]
          : []),
      ],
      facts: {},
    };
  },

  plan({ spec, intent, keep = [], sizeGb, adopt, publicKey, comment = '', fingerprint, ...asked }, { resources }) {
    chatter('planning');
    const [{ status, data }, pad] = resources;
    const change = (action, title, impact, monthlyCostDelta) => ({
      id: `sheet:${action}`,
      action,
      resource: { type: 'sheet', name: spec.name },
      title,
      differences: action === 'update' ? [{ field: 'color', from: data.color, to: spec.options.color }] : [],
      impact,
      monthlyCostDelta,
      dependsOn: [],
      payload: {},
    });
    const { color, trouble } = spec.options;
    const none = { changes: [], notes: [], cost: null };
    if (intent === 'destroy') {
      const tear = change('delete', `tear up the sheet ${spec.name}`, ['data-loss'], -1.5);
      const burn = {
        ...change('delete', 'burn the pad', ['data-loss'], 0),
        id: 'volume:pad:delete',
        resource: { type: 'volume', name: 'pad' },
        dependsOn: status === 'absent' ? [] : [tear.id],
      };
      const burns = pad.status === 'present' && !keep.includes('volume');
      return { ...none, changes: [...(status === 'absent' ? [] : [tear]), ...(burns ? [burn] : [])] };
    }
    if (intent.startsWith('snapshot.') || intent === 'volume.delete') {
      const sheet = status === 'absent' ? null : data;
      return { ...none, changes: [planOnPads({ intent, ...asked }, sheet, change)] };
    }
    if (intent === 'volume.extend') {
      if (pad.status === 'absent') throw failure('PAPER_ABSENT', 'refused', 'There is no pad.', 'Run sindri deploy.');
      const { pages } = pad.data;
      if (sizeGb < pages) throw failure('PAPER_TOO_SMALL', 'usage', `The pad has ${pages} pages already.`);
      if (sizeGb === pages) return none;
      const extend = {
        ...change('extend', `extend the pad to ${sizeGb} pages`, ['in-place', 'paid'], (sizeGb - pages) / 10),
        id: 'volume:pad:extend',
        action: 'update',
        resource: { type: 'volume', name: 'pad' },
        differences: [{ field: 'pages', from: pages, to: sizeGb }],
        payload: { pages: sizeGb },
      };
      return { ...none, changes: [extend] };
    }
    if (intent === 'key.admit' || intent === 'key.remove') {
      if (status === 'absent') throw failure('PAPER_ABSENT', 'refused', 'There is no sheet.', 'Run sindri deploy.');
      const key = intent === 'key.admit' ? { publicKey, comment } : { fingerprint };
      const verb = intent === 'key.admit' ? 'admit' : 'remove';
      const known = (data.keys ?? []).some((one) => one.fingerprint === (fingerprint ?? fingerprintOf(publicKey)));
      if (known === (verb === 'admit')) return none;
      const title = `${verb} the key ${fingerprint ?? fingerprintOf(publicKey)}`;
      return { ...none, changes: [{ ...change('update', title, ['in-place'], 0), id: `key:${verb}`, payload: key }] };
    }
    if (trouble === 'foreign' && data?.mark === undefined) {
      if (adopt !== true) throw failure('PAPER_FOREIGN', 'refused', 'A sheet of somebody else.', 'Add --adopt.');
      return { ...none, changes: [change('adopt', `take over the sheet ${spec.name}`, ['in-place'], 0)] };
    }
    const cost = { currency: 'USD', monthlyRunning: 1.5, monthlyIdle: 0, items: [], pricesAsOf: '2026-01-01' };
    if (status === 'absent') {
      return { ...none, cost, changes: [change('create', `take a ${color} sheet ${spec.name}`, ['paid'], 1.5)] };
    }
    if (data.color === color) return { ...none, cost };
    const impact = trouble === 'loss' ? ['replace', 'data-loss'] : ['in-place'];
    return { ...none, cost, changes: [change('update', `paint the sheet ${spec.name}`, impact, 0)] };
  },

  async apply(change, context) {
    const { spec } = context;
    const { color, trouble } = spec.options;
    if (trouble === 'slow') await context.clock.sleep(60_000, context.signal);
    if (!['none', 'loss', 'unread', 'torn', 'foreign'].includes(trouble))
      throw failure('PAPER_TROUBLE', trouble, 'The paper is wet.', 'Dry it.');
    const { pages = 30, ...rest } = read(spec, context) ?? {};
    if (change.id === 'volume:pad:delete') rmSync(fileOf(spec, context));
    else if (change.payload.do !== undefined) write(spec, context, applyOnPads(change.payload, { ...rest, pages }));
    else if (change.id === 'volume:pad:extend') write(spec, context, { ...rest, pages: change.payload.pages });
    else if (change.id === 'key:admit') {
      const { publicKey, comment } = change.payload;
      const key = { fingerprint: fingerprintOf(publicKey), type: publicKey.split(' ')[0], comment };
      const keys = [...(rest.keys ?? []), { ...key, where: ['now', 'next-start'], fromConfig: false }];
      write(spec, context, { ...rest, pages, keys });
    } else if (change.id === 'key:remove') {
      const keys = rest.keys.filter(({ fingerprint }) => fingerprint !== change.payload.fingerprint);
      write(spec, context, { ...rest, pages, keys });
    } else if (change.action === 'adopt') write(spec, context, { color, state: 'running', pages, mark: 'ours' });
    else if (change.action === 'delete') write(spec, context, { kept: true, pages });
    else write(spec, context, { color, state: trouble === 'torn' ? 'failed' : 'running', pages });
    return { status: 'applied', result: { color } };
  },

  summarize(spec, { resources }) {
    const [{ status, data }, pad] = resources;
    const pages = pad.data?.pages ?? null;
    return {
      environment: spec.name,
      provider: 'paper',
      ...(status === 'absent' && pages !== null ? { kept: [`volume pad, ${pages} GB`] } : {}),
      ...(data?.state === 'failed' ? { stateReason: 'The sheet is torn.' } : {}),
      connections: [{ method: 'pencil', unavailable: 'There is no sharpener: buy one.' }],
      state: status === 'absent' ? 'absent' : data.state,
      platformState: null,
      image: null,
      region: null,
      addresses: [],
      timestamps: { createdAt: null, startedAt: null, stoppedAt: null, updatedAt: null },
      resources: { memoryMb: null, cpus: null, volumeGb: pages },
      cost: null,
      idleBehaviour: null,
      details: {},
    };
  },

  power: {
    start: async (spec, context) => power(spec, context, 'running'),
    stop: async (spec, context) => power(spec, context, 'stopped'),
  },

  async session(spec, { command }, context) {
    if (read(spec, context) === null) throw failure('PAPER_TORN', 'transport', 'The paper has a hole.');
    // Connecting wakes it, and what runs on it ends with it.
    write(spec, context, { ...read(spec, context), state: 'running' });
    const child = spawn('sh', command === undefined ? [] : ['-c', command]);
    const follow = () => read(spec, context)?.state === 'running' || child.kill('SIGKILL');
    watchFile(fileOf(spec, context), { interval: 50, persistent: false }, follow);
    child.on('close', () => unwatchFile(fileOf(spec, context), follow));
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      resize() {},
      signal: (name) => child.kill(`SIG${name}`),
      exited: new Promise((resolve) => {
        child.on('close', (code, signal) => resolve({ code, signal: signal === null ? null : signal.slice(3) }));
      }),
      close: () => child.kill('SIGKILL'),
    };
  },

  async exec(_spec, { command }) {
    return { exitCode: 4, stdout: `${command.join(',')}\n`, stderr: 'bounded\n' };
  },

  async *logs(_spec, { follow, tail }, context) {
    const line = (message) => ({
      timestamp: '2026-03-01T12:00:00Z',
      source: 'app',
      level: 'info',
      instance: 'p1',
      message,
    });
    const lines = [line('first'), line(`token is ${context.env.PAPER_TOKEN}`)];
    yield* tail === undefined ? lines : lines.slice(-tail);
    if (follow) await context.clock.sleep(600_000, context.signal);
  },

  artifacts: (spec) => [
    { name: 'sheet.txt', mediaType: 'text/plain', content: `${spec.options.color} ${spec.name}\n` },
  ],
});
