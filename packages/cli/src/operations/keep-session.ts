import { isSindriError, type Environment, type EnvironmentState, type PastEvent, type Session } from '@sindri/core';
import { stateWord } from '../format/status.js';
import { clockTime } from '../format/time.js';
import type { Shell } from '../shell.js';
import type { Style } from '../style.js';
import type { Ending } from '../terminal/attach.js';
import { CONNECTION_LOST } from '../terminal/exit-status.js';

/** The person's terminal, as far as a shell that comes back needs it. */
export interface SessionTerminal {
  attach(session: Session): Promise<Ending>;
  /** Undoes what a program in the session has left behind. */
  reset(): void;
  /** Whether Enter was pressed, and not the end. */
  awaitEnter(): Promise<boolean>;
}

/** What is known once a session has ended without its own doing. */
interface Look {
  state: EnvironmentState | null;
  /** Why it could not be looked at. */
  trouble: string | null;
  /** What happened to the environment since the session was opened, as its platform tells. */
  happened: PastEvent[];
}

/** How long to look at what has become of the environment, in ms. */
const LOOK_LIMIT_MS = 10_000;

/** How a shell ends that was ended from outside, with its environment or alone: HUP, KILL, TERM, and what nobody knows. */
const PERHAPS_FROM_OUTSIDE = new Set([129, 137, 143, CONNECTION_LOST]);

/** What ends a shell from outside. */
const ENDINGS = new Set<PastEvent['kind']>([
  'updated',
  'stopped',
  'suspended',
  'restarted',
  'crashed',
  'out-of-memory',
  'destroyed',
]);

/**
 * Runs a shell until it ends by itself, and returns its exit status. When the environment goes to sleep under it, is stopped, replaced,
 * or the way to it breaks, that is told, and Enter opens a new shell, which wakes the environment: once for each time it is pressed.
 * Returns 255 when the person does not want that, or when there is nothing to come back to. Rejects with what `open` rejects with,
 * unless another try may help.
 */
export async function keepSession(
  environment: Environment,
  shell: Shell,
  open: () => Promise<Session>,
  terminal: SessionTerminal,
): Promise<number> {
  let session: Session | null = await open();
  while (session !== null) {
    const openedAt = shell.now();
    shell.handOver();
    const ending = await terminal.attach(session);
    const { by, status, message } = ending;
    if (by === 'here' || (by === 'process' && !PERHAPS_FROM_OUTSIDE.has(status))) {
      if (message === undefined) return status;
      terminal.reset();
      shell.say(() => message);
      return status;
    }
    shell.takeBack();
    terminal.reset();
    const look = await lookAt(environment, shell, openedAt);
    if (by === 'process' && !endedFromOutside(look)) return status;
    const told = (style: Style): string => describe(environment.spec.name, ending, look, style);
    if (isGone(look)) {
      shell.say(told);
      return CONNECTION_LOST;
    }
    session = await reopen(shell, open, terminal, told);
  }
  return CONNECTION_LOST;
}

/** `told` offers the keys. `null` when the person has enough. */
async function reopen(
  shell: Shell,
  open: () => Promise<Session>,
  terminal: SessionTerminal,
  told: (style: Style) => string,
): Promise<Session | null> {
  for (let offer = told; ;) {
    // Before the keys are offered: to the terminal as it was, Ctrl-C is an interrupt.
    const isWanted = terminal.awaitEnter();
    shell.say(offer);
    if (!(await isWanted)) return null;
    try {
      return await open();
    } catch (error) {
      if (!isSindriError(error) || !(error.retryable || error.kind === 'transport')) throw error;
      const { message } = error;
      offer = (style) => `${style.magenta(message)}\n${keys('tries again', style)}`;
    }
  }
}

async function lookAt(environment: Environment, shell: Shell, sinceMs: number): Promise<Look> {
  const over = new AbortController();
  const limit = new AbortController();
  shell.sleep(LOOK_LIMIT_MS).then(
    () => over.signal.aborted || limit.abort(),
    () => undefined,
  );
  const { signal } = limit;
  const canTell = environment.provider.capabilities.includes('events');
  const [status, events] = await Promise.allSettled([
    environment.status({ signal }),
    canTell ? environment.events({ sinceMs }, { signal }) : [],
  ]);
  over.abort();
  shell.signal.throwIfAborted();
  return {
    state: status.status === 'fulfilled' ? status.value.state : null,
    trouble: status.status === 'rejected' ? (status.reason as Error).message : null,
    happened: events.status === 'fulfilled' ? events.value.filter(({ kind }) => ENDINGS.has(kind)) : [],
  };
}

function endedFromOutside({ state, happened }: Look): boolean {
  return (state !== null && state !== 'running' && state !== 'unknown') || happened.length > 0;
}

function isGone({ state }: Look): boolean {
  return state === 'absent' || state === 'destroying' || state === 'incomplete';
}

function describe(name: string, { message }: Ending, look: Look, style: Style): string {
  const { state, trouble, happened } = look;
  const last = happened.at(-1);
  const event = last === undefined ? undefined : `${clockTime(Date.parse(last.at))} UTC: ${last.message}.`;
  // What has happened tells the state, and why the session broke: nothing is told twice.
  if (event !== undefined && last?.kind === state && !isGone(look)) {
    return `${style.magenta(`${name}, ${event}`)} ${keys(offers[last.kind] ?? 'connects again', style)}`;
  }
  const why = event ?? message;
  const lines = [
    ...(why === undefined ? [] : [why]),
    ...(trouble === null ? [] : [`What has become of ${name} cannot be seen: ${trouble}`]),
  ];
  if (state === null) return [...lines, keys('connects again', style)].join('\n');
  const now = style.magenta(`${name} ${state === 'failed' ? 'has' : 'is'} ${stateWord(state)}.`);
  if (isGone(look)) return [...lines, now].join('\n');
  return [...lines, `${now} ${keys(offers[state] ?? 'connects again', style)}`].join('\n');
}

const offers: Partial<Record<EnvironmentState | PastEvent['kind'], string>> = {
  suspended: 'wakes it',
  suspending: 'wakes it',
  stopped: 'starts it',
  stopping: 'starts it',
  failed: 'starts it',
};

function keys(whatEnterDoes: string, style: Style): string {
  return `${style.bold('Enter')} ${whatEnterDoes}, ${style.bold('Ctrl-C')} ends.`;
}
