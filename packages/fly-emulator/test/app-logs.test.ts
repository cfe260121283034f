import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAppLogs, LOG_LIMITS, type AppLogs } from '../src/app-logs.js';
import { createVirtualClock } from '../src/clock.js';
import { createIds } from '../src/ids.js';
import { createLogFiles } from '../src/logs/log-files.js';
import { createRandom } from '../src/random.js';
import { createDiskTrouble } from '../src/state/disk-trouble.js';

let directory: string;
let told: string[];
let apps: Set<string>;
const file = (app: string) => path.join(directory, 'logs', `${app}.ndjson`);
const open = (limit = LOG_LIMITS.bytes): AppLogs => {
  const clock = createVirtualClock();
  const trouble = createDiskTrouble((line) => told.push(line));
  const isKnown = (app: string): boolean => apps.has(app);
  return createAppLogs(
    clock,
    createIds(createRandom(1), clock),
    isKnown,
    createLogFiles(directory, limit, isKnown, trouble),
  );
};
const write = (logs: AppLogs, message: string, app = 'demo', instance = 'm1'): void =>
  logs.append({ app, message, instance, region: 'iad', provider: 'app' });
const everything = { after: 0n, from: 'oldest', limit: 1_000_000 } as const;
const messages = (logs: AppLogs, app = 'demo') => logs.read(app, everything).map((line) => line.message);

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'emulator-logs-'));
  told = [];
  apps = new Set(['demo', 'other']);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a line whose writer leaves the level open is an info', () => {
  const logs = open();
  logs.append({ app: 'demo', message: 'hello', instance: 'm1', region: 'iad', provider: 'app', level: undefined });
  expect(logs.read('demo', everything).map(({ level }) => level)).toEqual(['info']);
});

test('an app keeps its newest lines, within limits of number and size', () => {
  const logs = open();
  for (let index = 0; index < 3 * LOG_LIMITS.lines; index++) write(logs, `line ${index}`);
  const kept = logs.read('demo', { ...everything, from: 'newest' });
  expect(kept.length).toBeLessThanOrEqual(LOG_LIMITS.lines);
  expect(kept.length).toBeGreaterThan(0.8 * LOG_LIMITS.lines);
  expect(kept.at(-1)?.message).toBe(`line ${3 * LOG_LIMITS.lines - 1}`);
  for (let index = 0; index < 500; index++) write(logs, 'x'.repeat(16_000), 'other');
  expect(JSON.stringify(logs.read('other', everything)).length).toBeLessThan(1.1 * LOG_LIMITS.bytes);
  expect(messages(logs).length).toBeGreaterThan(0.8 * LOG_LIMITS.lines);
});

test('one line is bounded', () => {
  const logs = open();
  write(logs, 'y'.repeat(5_000_000));
  expect(messages(logs)[0]?.length).toBeLessThan(17_000);
  expect(messages(logs)[0]).toMatch(/y… \(4983616 more characters\)$/);
});

test('the files are bounded, for nobody else, and go with their app', () => {
  const logs = open(100_000);
  for (let index = 0; index < 20_000; index++) write(logs, `line ${index}`);
  logs.close();
  expect(statSync(file('demo')).size).toBeLessThan(2 * LOG_LIMITS.bytes);
  expect(statSync(file('demo')).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file('demo'))).mode & 0o777).toBe(0o700);
  apps.delete('demo');
  logs.forget('demo');
  // The last words of a process that was just ended.
  write(logs, 'too late');
  logs.close();
  expect(existsSync(file('demo'))).toBe(false);
  apps.add('demo');
  expect(messages(logs)).toEqual([]);
});

test('lines survive, and those of an app that went meanwhile do not', () => {
  const first = open();
  write(first, 'kept');
  write(first, 'not kept', 'other');
  first.close();
  apps.delete('other');
  const second = open();
  write(second, 'later');
  expect(messages(second)).toEqual(['kept', 'later']);
  expect(existsSync(file('other'))).toBe(false);
});

test('a huge file of a former version is taken over by its end', () => {
  const line = (app: string, index: number, message: string) =>
    JSON.stringify({ id: `${index}`, app, nanos: `17000000000${index}`, message, level: 'info', instance: '' });
  const old = path.join(directory, 'logs.ndjson');
  writeFileSync(
    old,
    Array.from({ length: 1000 }, (_, index) => line('demo', 10_000 + index, `old ${index}`)).join('\n'),
  );
  const logs = open(10_000);
  const taken = messages(logs);
  expect(taken.length).toBeGreaterThan(50);
  expect(taken.length).toBeLessThan(250);
  expect(taken.at(-1)).toBe('old 999');
  expect(existsSync(old)).toBe(false);
});

test('a file that is cut or damaged still gives its other lines', () => {
  const first = open();
  for (const message of ['one', 'two']) write(first, message);
  first.close();
  writeFileSync(file('demo'), `${readFileSync(file('demo'), 'utf8')}{"app":"demo","nan`);
  expect(messages(open())).toEqual(['one', 'two']);
});

test('a reader that fell behind is told how many lines it missed, once', () => {
  const logs = open();
  write(logs, 'seen');
  const [seen] = logs.read('demo', { ...everything, limit: 100 });
  for (let index = 0; index < 7000; index++) write(logs, `line ${index}`);
  const next = logs.read('demo', { after: BigInt(seen?.nanos ?? 0), from: 'oldest', limit: 100 });
  expect(next).toHaveLength(101);
  const firstKept = Number(/line (\d+)/.exec(next[1]?.message ?? '')?.[1]);
  expect(next[0]).toMatchObject({
    level: 'warn',
    message: expect.stringMatching(`^${firstKept} log lines are missing`),
  });
  expect(next.map((line) => BigInt(line.nanos))).toEqual([...next.map((line) => BigInt(line.nanos))].sort());
  const after = BigInt(next.at(-1)?.nanos ?? 0);
  expect(logs.read('demo', { after, from: 'oldest', limit: 100 })[0]?.message).toBe(`line ${firstKept + 100}`);
  // Nobody was ever told this time: it is not known which of the lost lines are newer.
  expect(logs.read('demo', { after: 1n, from: 'oldest', limit: 1 })[0]?.message).toMatch(/^up to \d+ log lines/);
});

test('a disk that takes nothing is told once; reading goes on', () => {
  mkdirSync(file('demo'), { recursive: true });
  const logs = open();
  for (let round = 0; round < 3; round++) {
    write(logs, `line ${round}`);
    logs.close();
  }
  expect(told).toEqual([expect.stringMatching(/^The emulator cannot write its log lines: EISDIR/)]);
  expect(messages(logs)).toHaveLength(3);
  rmSync(file('demo'), { recursive: true });
  write(logs, 'again');
  logs.close();
  expect(told[1]).toMatch(/^The emulator writes its log lines again. It could not since 20.*Z: EISDIR/);
});
