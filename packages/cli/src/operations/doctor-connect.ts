import type { EnvironmentSummary, Environment, SindriEvent } from '@sindri/core';
import { stateWord } from '../format/status.js';
import { core } from '../lazy.js';
import type { NextCommand } from '../next-commands.js';
import type { DoctorItem } from './doctor-item.js';

const AREA = 'connection';
/** For the whole way in, waking included. */
const LIMIT_MS = 3 * 60_000;

/**
 * Goes the way that `connect` goes, and tells of each step how it went: the environment, what leads to it, every step of the connection as the
 * provider tells it, a command. The first that fails has what to do; those after it were not tried. Wakes the environment, and lets its
 * person in like any connection.
 */
export async function walkIn(environment: Environment, next: NextCommand, signal: AbortSignal): Promise<DoctorItem[]> {
  const look = await attempt(() => environment.status({ signal }));
  if (!look.ok) return [failed('environment', 'Environment', look.error)];
  const there = environmentItem(look.value, next);
  if (there.status === 'failed') return [there];
  return [there, ...methodItems(look.value), ...(await trySession(environment, signal))];
}

function environmentItem({ environment, state }: EnvironmentSummary, next: NextCommand): DoctorItem {
  const item = {
    area: AREA,
    id: 'environment',
    title: 'Environment',
    message: `${environment} is ${stateWord(state)}`,
  };
  return ['absent', 'incomplete', 'destroying'].includes(state)
    ? { ...item, status: 'failed', fix: `Make it: ${next('deploy')}` }
    : { ...item, status: 'ok' };
}

/** What leads there; a method that cannot work is nothing to repair as long as another can. */
function methodItems({ connections = [] }: EnvironmentSummary): DoctorItem[] {
  const works = connections.some(({ unavailable }) => unavailable === null);
  return connections.map(({ method, unavailable }) => {
    const item = { area: AREA, id: `method-${method}`, title: `--method ${method}` };
    if (unavailable === null) return { ...item, status: 'ok', message: 'nothing stands in its way' };
    return { ...item, status: works ? 'skipped' : 'failed', message: unavailable };
  });
}

/** The steps of a connection, from the events of one. */
async function trySession(environment: Environment, signal: AbortSignal): Promise<DoctorItem[]> {
  const { capabilities, sessionModes = ['command'], title } = environment.provider;
  if (!capabilities.includes('session') || !sessionModes.includes('command')) {
    const message = `${title} runs no commands in a session`;
    return [{ area: AREA, id: 'command', title: 'Run a command', status: 'skipped', message }];
  }
  const steps: { phase: string; title: string }[] = [];
  const onEvent = (event: SindriEvent): void => {
    if (event.type === 'phase.started') steps.push({ phase: event.phase, title: event.title });
  };
  const limit = AbortSignal.timeout(LIMIT_MS);
  const ran = await attempt(async () => {
    const within = AbortSignal.any([signal, limit]);
    const session = await environment.session({ command: 'true' }, { signal: within, onEvent });
    session.stdin.end();
    session.stdout.resume();
    session.stderr.resume();
    return session.exited;
  });
  signal.throwIfAborted();
  const done = ran.ok ? steps : steps.slice(0, -1);
  const items = done.map(({ phase, title: step }): DoctorItem => {
    return { area: AREA, id: phase, title: step, status: 'ok', message: 'done' };
  });
  const last = steps.at(-1);
  if (!ran.ok) return [...items, failed(last?.phase ?? 'command', last?.title ?? 'Open a session', ran.error)];
  const { code, signal: by = null } = ran.value;
  const ended = { area: AREA, id: 'command', title: 'Run a command' };
  return [
    ...items,
    code === 0
      ? { ...ended, status: 'ok', message: 'it ended with 0' }
      : {
          ...ended,
          status: 'failed',
          message: `"true" ended with ${code ?? by ?? 'nothing'}`,
          fix: 'Look at its logs.',
        },
  ];
}

type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}

function failed(id: string, title: string, error: unknown): DoctorItem {
  const { message, hint } = core().toSindriError(error);
  return { area: AREA, id, title, status: 'failed', message, ...(hint === undefined ? {} : { fix: hint }) };
}
