import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiExchange } from '../src/api-exchange.js';
import { createVirtualClock } from '../src/clock.js';
import { createFaultEngine } from '../src/faults/fault-control.js';
import { createIds } from '../src/ids.js';
import { persistStore, readState } from '../src/persistence.js';
import { createRandom } from '../src/random.js';
import type { AppRecord, State } from '../src/records.js';
import { createRequestLog } from '../src/request-log.js';
import type { ApiRequest } from '../src/rest/http.js';
import { createDiskTrouble } from '../src/state/disk-trouble.js';
import { createJournal, type Journal } from '../src/state/journal.js';
import { createStore, type Store } from '../src/store.js';

const newState = (): State => ({
  format: 2,
  epoch: 0,
  emulatorId: 'e',
  generation: 1,
  hostKeySeed: 's',
  volumeOrigins: {},
  addressPrefix: [5, 5],
  nextNumericId: 1,
  orgs: [],
  tokens: [],
  apps: {},
  machines: {},
  volumes: {},
  snapshots: {},
  wireGuardPeers: {},
});
const addApp = (store: Store, name: string): void => {
  const app: AppRecord = {
    id: name,
    name,
    numericId: 1,
    org: 'personal',
    network: 'default',
    createdAt: 1,
    idempotencyKey: null,
    ips: [],
    secrets: {},
    secretsVersion: 0,
  };
  store.state.apps[name] = app;
  store.changed({ app });
};

describe('a disk that takes nothing for a while', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'emulator-full-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** A journal that fails as on a full disk while `full` is set. */
  const open = (store: Store, told: string[]) => {
    const journal = createJournal(directory);
    const disk = { full: false };
    const failing: Journal = {
      get length() {
        return journal.length;
      },
      append: (epoch, entries) =>
        disk.full ? Promise.reject(new Error('ENOSPC: no space left on device')) : journal.append(epoch, entries),
      clear: journal.clear,
      close: journal.close,
    };
    const persistence = persistStore(
      store,
      directory,
      createDiskTrouble((line) => told.push(line)),
      failing,
    );
    return { disk, persistence };
  };

  test('what could not be written stays to be written; it is told once, and once that it is over', async () => {
    const told: string[] = [];
    const store = createStore(newState());
    const { disk, persistence } = open(store, told);
    expect(await persistence.commit()).toBe(true);
    disk.full = true;
    for (const name of ['one', 'two']) {
      addApp(store, name);
      expect(await persistence.commit()).toBe(false);
    }
    expect(await persistence.isWritable()).toBe(false);
    expect(Object.keys(readState(directory)?.apps ?? {})).toEqual([]);
    disk.full = false;
    expect(await persistence.isWritable()).toBe(true);
    expect(Object.keys(readState(directory)?.apps ?? {})).toEqual(['one', 'two']);
    expect(told).toEqual([
      'The emulator cannot write its state: ENOSPC: no space left on device. It goes on and keeps trying.',
      expect.stringMatching(/^The emulator writes its state again. It could not since 20.*Z: ENOSPC: no space left/),
    ]);
    await persistence.close();
  });

  test('without a further request it is written as well', async () => {
    const told: string[] = [];
    const store = createStore(newState());
    const { disk, persistence } = open(store, told);
    await persistence.commit();
    disk.full = true;
    addApp(store, 'one');
    await persistence.commit();
    disk.full = false;
    while (told.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(Object.keys(readState(directory)?.apps ?? {})).toEqual(['one']);
    await persistence.close();
  });

  test('a journal that grows is folded into the state, and loses nothing', async () => {
    const store = createStore(newState());
    const { persistence } = open(store, []);
    for (let index = 0; index < 60; index++) {
      addApp(store, `app-${index}`);
      const app = store.app(`app-${index}`);
      if (app) app.network = 'x'.repeat(200_000);
      await persistence.commit();
    }
    expect(store.state.epoch).toBeGreaterThan(1);
    expect(Object.keys(readState(directory)?.apps ?? {})).toHaveLength(60);
    await persistence.close();
  });
});

describe('a request whose result cannot be stored', () => {
  const setUp = (isWritable: boolean) => {
    const clock = createVirtualClock();
    const random = createRandom(1);
    const ids = createIds(random, clock);
    let carriedOut = 0;
    const exchange = createApiExchange({
      router: {
        match: () => null,
        handle: async () => {
          carriedOut += 1;
          return { status: 200, body: {} };
        },
      },
      log: createRequestLog(clock),
      faults: createFaultEngine(ids, random),
      clock,
      ids,
      store: createStore(newState()),
      commit: async () => false,
      isWritable: async () => isWritable,
    });
    const ask = async (method: string) => {
      const request: ApiRequest = {
        method,
        path: '/v1/apps',
        query: new URLSearchParams(),
        headers: {},
        body: '',
        signal: new AbortController().signal,
      };
      return (await exchange(request)).response;
    };
    return { ask, carriedOut: () => carriedOut };
  };

  test('a read is answered', async () => {
    expect((await setUp(false).ask('GET'))?.status).toBe(200);
  });

  test('a write is not acknowledged, and not begun when that is known before', async () => {
    const [unknown, known] = [setUp(true), setUp(false)];
    expect(await unknown.ask('POST')).toMatchObject({
      status: 503,
      body: { error: expect.stringContaining('Make room there; this change may be lost') },
    });
    expect(unknown.carriedOut()).toBe(1);
    expect(await known.ask('POST')).toMatchObject({
      status: 503,
      body: { error: expect.stringContaining('Make room there; nothing is changed until then') },
    });
    expect(known.carriedOut()).toBe(0);
  });
});
