import { constants } from 'node:os';

/** The signal of a name as the API takes it: `TERM`, `SIGTERM`, `sigterm`. `null` for no signal of this system. */
export function signalNamed(name: string): NodeJS.Signals | null {
  const full = `SIG${name.toUpperCase().replace(/^SIG/, '')}`;
  return full in constants.signals ? (full as NodeJS.Signals) : null;
}

/** The number, or -1. */
export function signalNumber(name: string | null): number {
  const signal = name === null ? null : signalNamed(name);
  return signal === null ? -1 : constants.signals[signal];
}

/** The name without `SIG`, or `null` for 0 and unknown numbers. */
export function signalName(number: number): string | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found ? found[0].slice(3) : null;
}

/** Sends the signal of that name to a process group. Unknown names and groups that have ended are ignored. */
export function signalGroup(leader: number, name: string): void {
  const signal = signalNamed(name);
  if (signal === null) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // Nobody is left in it.
  }
}
