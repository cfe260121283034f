import type { Environment, Hold, HoldEnd } from '@sindri/core';
import { coreError } from '../error.js';
import { core } from '../lazy.js';
import type { Answer, Shell } from '../shell.js';
import { parseDuration } from './duration.js';

export interface HoldRequestOfPerson {
  durationMs: number;
  reason: string;
  /** Which of several instances; the provider chooses when absent. */
  instance?: string | undefined;
}

export interface HoldResult {
  schema: 'sindri.hold/1';
  environment: string;
  provider: string;
  /** When it was to end at the latest, ISO 8601. */
  until: string;
  /** What kept it awake. */
  by: string[];
  /** Why it is over. */
  ended: HoldEnd;
  elapsedMs: number;
}

/** The time that a person has typed. Throws `USAGE` for one that is none. */
export function readHoldDuration(text: string | undefined): number {
  const ms = text === undefined ? null : parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  const said = text === undefined ? 'For how long?' : `"${text}" is no duration.`;
  throw coreError({ code: 'USAGE', kind: 'usage', message: said, hint: 'For example: sindri hold 2h' });
}

/** Keeps the environment awake until its time is over, or somebody ends it. */
export async function holdAwake(
  environment: Environment,
  shell: Shell,
  request: HoldRequestOfPerson,
): Promise<HoldResult> {
  const startedAt = shell.now();
  const hold = await environment.hold(request);
  sayHeld(environment, shell, hold, 'Ctrl-C ends it.');
  const ended = await hold.ended.catch((error: unknown): HoldEnd => {
    // Ctrl-C is what it was said to end with: that is no failure.
    if (shell.signal.aborted && core().toSindriError(error).kind === 'cancelled') return 'released';
    throw error;
  });
  return {
    schema: 'sindri.hold/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    until: hold.until,
    by: [...hold.by],
    ended,
    elapsedMs: shell.now() - startedAt,
  };
}

/** The same while a command runs, and not longer. The answer is that of the command. */
export async function holdDuring(
  environment: Environment,
  shell: Shell,
  request: HoldRequestOfPerson,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const hold = await environment.hold(request);
  sayHeld(environment, shell, hold, 'It ends with the command.');
  // What has become of it is worth a word, and no reason to end the command.
  hold.ended.then(
    (ended) => {
      if (ended === 'expired') warn(shell, 'The time to keep it awake is over; the command goes on.');
    },
    (error: unknown) => warn(shell, error instanceof Error ? error.message : String(error)),
  );
  try {
    return await run();
  } finally {
    await hold.release();
  }
}

function sayHeld({ spec }: Environment, shell: Shell, { until, by }: Hold, how: string): void {
  const time = `${until.slice(0, 16).replace('T', ' ')} UTC`;
  shell.say(() => `${spec.name} is kept awake until ${time} at the latest, by ${by.join(' and ')}. ${how}\n`);
}

function warn(shell: Shell, message: string): void {
  shell.emit({ type: 'notice', level: 'warning', code: 'HOLD_ENDED', message });
}
