import { ApiError, badRequest, preconditionFailed } from '../api-error.js';
import { parseGoDuration } from '../go-duration.js';
import type { StopOptions } from '../lifecycle/stop-rules.js';
import { waitForState } from '../lifecycle/wait.js';
import type { MachineProcess } from '../runtime/machine-runtime.js';
import { bodyObject, intParam, json, listParam, requiredBody, type ApiRequest, type ApiResponse } from './http.js';
import type { MachineCall, Route } from './route.js';
import { splitWords } from './split-words.js';

const PREFIX = '/v1/apps/{app}/machines/{machine}';
const STOP_SIGNALS = ['HUP', 'INT', 'QUIT', 'KILL', 'USR1', 'USR2', 'TERM'];
const SIGNALS = ['ABRT', 'ALRM', 'FPE', 'ILL', 'PIPE', 'SEGV', 'TRAP', ...STOP_SIGNALS];
const SIGNAL_NUMBERS: Record<string, string> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  6: 'ABRT',
  9: 'KILL',
  10: 'USR1',
  12: 'USR2',
  15: 'TERM',
};
/** What every machine shows besides the image's own: Fly's init, and kernel threads, whose command is empty (likely). */
const KERNEL_PROCESSES: readonly MachineProcess[] = [
  { pid: 1, command: '/fly/init', rss: 5_181_440 },
  { pid: 2, command: '', rss: 0 },
].map((row) => ({ stime: 0, rtime: 7, directory: '/', cpu: 0, listen_sockets: [], ...row }));
const WAIT_STATES = ['started', 'stopped', 'suspended', 'destroyed', 'failed', 'settled'];
const LONGEST_WAIT_SECONDS = 60;

export const MACHINE_ACTION_ROUTES: readonly Route[] = [
  action('start', 'Machines_start', 'leased', ({ platform, machine }) => {
    const { previousState } = platform.lifecycle.start(machine, 'user');
    return json({ previous_state: previousState, migrated: false, new_host: '' });
  }),
  action('stop', 'Machines_stop', 'leased', ({ platform, request, machine }) => {
    const body = bodyObject(request, 'main.stopRequest');
    platform.lifecycle.stop(machine, stopOptions(body.signal, body.timeout), 'user');
    return json({ ok: true });
  }),
  action('suspend', 'Machines_suspend', 'leased', ({ platform, machine }) => {
    platform.lifecycle.suspend(machine, 'user');
    return json({ ok: true });
  }),
  action('restart', 'Machines_restart', 'leased', ({ platform, request, machine }) => {
    const timeout = request.query.get('timeout');
    const options = stopOptions(
      request.query.get('signal') ?? undefined,
      // A plain number counts seconds here.
      timeout !== null && /^\d+$/.test(timeout) ? `${timeout}s` : (timeout ?? undefined),
    );
    platform.lifecycle.restart(machine, options, 'user');
    return json({ ok: true });
  }),
  action('signal', 'Machines_signal', 'unleased', async ({ platform, request, machine }) => {
    const name = signalName(requiredBody(request).signal, SIGNALS);
    if (name === undefined) throw badRequest('invalid_argument: signal is required');
    await inside(platform.lifecycle.signal(machine, name));
    return json({ ok: true });
  }),
  action('cordon', 'Machines_cordon', 'leased', (call) => cordon(call, true)),
  action('uncordon', 'Machines_uncordon', 'leased', (call) => cordon(call, false)),
  {
    method: 'GET',
    path: `${PREFIX}/wait`,
    operation: 'Machines_wait',
    scope: 'machine',
    writes: false,
    async handle({ platform, request, machine }) {
      const result = await waitForState(platform, machine, {
        states: waitStates(request),
        version: request.query.get('version') ?? request.query.get('instance_id') ?? undefined,
        fromEventId: request.query.get('from_event_id') ?? undefined,
        timeoutMs: waitTimeoutMs(request),
        signal: request.signal,
      });
      return json({
        ok: true,
        state: result.state,
        version: result.version,
        ...(result.eventId === '' ? {} : { event_id: result.eventId }),
      });
    },
  },
  // Whether a lease blocks exec is not known; here it does not (unsure).
  action('exec', 'Machines_exec', 'unleased', async ({ platform, request, machine }) => {
    const body = requiredBody(request);
    const command = execCommand(body.command, body.cmd);
    const seconds = typeof body.timeout === 'number' && body.timeout > 0 ? body.timeout : LONGEST_WAIT_SECONDS;
    const instance = platform.lifecycle.requireInstance(machine);
    // `stdin` of the request is not passed on, though the description has it (likely).
    return json({ ...(await inside(instance.exec({ command, timeoutMs: seconds * 1000 }))) });
  }),
  {
    method: 'GET',
    path: `${PREFIX}/ps`,
    operation: 'Machines_list_processes',
    scope: 'machine',
    writes: false,
    async handle({ platform, request, machine }) {
      const own = await inside(platform.lifecycle.requireInstance(machine).ps());
      const processes = [...KERNEL_PROCESSES, ...own];
      const key = request.query.get('sort_by') ?? 'pid';
      const down = request.query.get('order')?.toLowerCase() === 'desc' ? -1 : 1;
      const value = (row: object): string | number => {
        const found = (row as Record<string, unknown>)[key];
        if (typeof found === 'number' || typeof found === 'string') return found;
        throw badRequest(`invalid_argument: cannot sort by "${key}"`);
      };
      const sorted = processes.sort((a, b) => (value(a) < value(b) ? -down : value(a) > value(b) ? down : 0));
      return json(
        sorted.map((row) => ({ ...row, listen_sockets: row.listen_sockets.map((socket) => ({ ...socket })) })),
      );
    },
  },
];

/** A POST on a machine that changes it; `leased` ones are refused while another holds the machine's lease. */
function action(
  name: string,
  operation: string,
  guard: 'leased' | 'unleased',
  handle: (call: MachineCall) => ApiResponse | Promise<ApiResponse>,
): Route {
  const path = `${PREFIX}/${name}`;
  return { method: 'POST', path, operation, scope: 'machine', writes: true, leased: guard === 'leased', handle };
}

/** In the words of the host, which asks the machine over a socket of its own. */
const EXEC_DEADLINE =
  'deadline_exceeded: Post "http://unix/v1/exec": net/http: request canceled (Client.Timeout exceeded while awaiting headers)';

/** What goes wrong inside a machine that is just going away is a failed precondition, not a failure of the API. */
async function inside<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if ((error as { code?: unknown }).code === 'ETIMEDOUT') throw new ApiError(408, EXEC_DEADLINE);
    throw preconditionFailed(error instanceof Error ? error.message : String(error));
  }
}

function cordon({ platform, machine }: MachineCall, cordoned: boolean) {
  platform.lifecycle.setCordoned(machine, cordoned);
  return json({ ok: true });
}

function stopOptions(signal: unknown, timeout: unknown): StopOptions {
  const name = signalName(signal, STOP_SIGNALS);
  const timeoutMs = timeout === undefined || timeout === null || timeout === '' ? undefined : parseGoDuration(timeout);
  if (timeoutMs === null) throw badRequest(`invalid_argument: invalid timeout "${String(timeout)}"`);
  return { ...(name === undefined ? {} : { signal: `SIG${name}` }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/** `SIGTERM`, `TERM` or 15 → `TERM`. */
function signalName(value: unknown, allowed: string[]): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value).toUpperCase();
  const name = SIGNAL_NUMBERS[text] ?? text.replace(/^SIG/, '');
  if (!allowed.includes(name)) throw badRequest(`invalid_argument: invalid signal "${String(value)}"`);
  return name;
}

function waitStates(request: ApiRequest): string[] {
  const states = listParam(request.query, 'state');
  for (const state of states) {
    if (!WAIT_STATES.includes(state)) throw badRequest(`invalid_argument: invalid state "${state}"`);
  }
  return states.length > 0 ? states : ['started'];
}

function waitTimeoutMs(request: ApiRequest): number {
  const text = request.query.get('timeout');
  const seconds = text?.endsWith('s') ? (parseGoDuration(text) ?? NaN) / 1000 : intParam(request.query, 'timeout');
  if (seconds === undefined) return LONGEST_WAIT_SECONDS * 1000;
  if (!(seconds >= 1 && seconds <= LONGEST_WAIT_SECONDS)) {
    throw badRequest('invalid_argument: invalid WaitMachineRequest.Timeout: value must be inside range [1s, 1m0s]');
  }
  return seconds * 1000;
}

/** `command` is a list; `cmd` is the older form, one string split as a shell would. */
function execCommand(command: unknown, cmd: unknown): string[] {
  if (Array.isArray(command) && command.length > 0) return command.map(String);
  if (typeof cmd === 'string' && cmd.trim() !== '') return splitWords(cmd);
  throw badRequest('invalid_argument: command is required');
}
