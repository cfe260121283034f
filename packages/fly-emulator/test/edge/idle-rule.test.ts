import { chooseIdle, mergeServices, type RunningMachine } from '../../src/edge/idle-rule.js';
import type { EdgeRoute } from '../../src/edge/edge-host.js';

const machine = (machineId: string, change: Partial<RunningMachine> = {}): RunningMachine => ({
  machineId,
  region: 'sjc',
  autostop: 'suspend',
  minMachinesRunning: 0,
  connections: 0,
  softLimit: 2,
  idleMs: 1000,
  ...change,
});
const chosen = (...machines: RunningMachine[]): string[] =>
  chooseIdle(machines, 'sjc', 1000).map((choice) => `${choice.machineId} ${choice.mode}`);

test.each<[string, RunningMachine[], string[]]>([
  ['a single idle one goes', [machine('a')], ['a suspend']],
  ['a single one in use stays', [machine('a', { connections: 1, idleMs: 0 })], []],
  ['a single one not idle for long enough stays', [machine('a', { idleMs: 999 })], []],
  ['of two idle ones the longer idle goes', [machine('a'), machine('b', { idleMs: 2000 })], ['b suspend']],
  [
    'two above the soft limit need three',
    [machine('a', { connections: 3 }), machine('b', { connections: 3 }), machine('c')],
    [],
  ],
  ['one above the soft limit needs two', [machine('a', { connections: 3 }), machine('b'), machine('c')], ['b suspend']],
  ['off stays', [machine('a', { autostop: 'off' }), machine('b', { autostop: 'stop' })], ['b stop']],
  [
    'the minimum stays',
    [machine('a', { minMachinesRunning: 1 }), machine('b', { minMachinesRunning: 1 })],
    ['a suspend'],
  ],
  ['the minimum does not count elsewhere', [machine('a', { region: 'ams', minMachinesRunning: 1 })], ['a suspend']],
  ['regions are apart', [machine('a'), machine('b', { region: 'ams' })], ['a suspend', 'b suspend']],
])('%s', (_name, machines, expected) => {
  expect(chosen(...machines)).toEqual(expected);
});

test('of several services the least aggressive setting counts', () => {
  const route = (autostop: EdgeRoute['autostop']) => ({ autostop, minMachinesRunning: 0, softLimit: 1 }) as EdgeRoute;
  expect(mergeServices([route('stop'), route('off')]).autostop).toBe('off');
  expect(mergeServices([route('stop'), route('suspend')]).autostop).toBe('suspend');
  expect(mergeServices([route('stop')]).autostop).toBe('stop');
});
