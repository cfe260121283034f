import type { Guest } from '../hardware/guest.js';
import { memoryText } from '../words.js';

/** Fly documents suspend for machines with at most so much memory, no swap and no GPU. */
export const suspendLimitMb = 2048;

export interface IdleSettings {
  autostop: 'off' | 'stop' | 'suspend';
  autoStartMachines: boolean;
}

/** What really happens when nobody is connected. */
export interface IdleBehaviour {
  /** One or two sentences; `null` when nothing happens. */
  text: string | null;
  /** Suspend is asked for, but Fly may stop the machine instead. */
  suspendIsUnsure: boolean;
}

/** What Fly does with a machine that nobody is connected to, in words. */
export function idleBehaviour(guest: Guest, { autostop, autoStartMachines }: IdleSettings): IdleBehaviour {
  if (autostop === 'off') return { text: null, suspendIsUnsure: false };
  const wake = autoStartMachines
    ? 'The next connection wakes it.'
    : 'A connection does not wake it, `sindri start` and `sindri connect` do.';
  if (autostop === 'stop') {
    return {
      text: `After some minutes without a connection Fly stops the machine; running processes end, the volume is kept. ${wake}`,
      suspendIsUnsure: false,
    };
  }
  if (guest.memoryMb <= suspendLimitMb && guest.gpu === null) {
    return {
      text: `After some minutes without a connection Fly suspends the machine and keeps its memory. ${wake}`,
      suspendIsUnsure: false,
    };
  }
  // Whether the platform refuses above 2 GB or is only slow is unsure; it is documented to fall back to a stop.
  const why =
    guest.gpu === null ? `with ${memoryText(guest.memoryMb)} (suspend is meant for up to 2 GB)` : 'with a GPU';
  return {
    text:
      `After some minutes without a connection Fly tries to suspend the machine; ${why} it may stop it instead: ` +
      `memory and running processes are then lost and the next start is a cold boot, the volume is kept. ${wake}`,
    suspendIsUnsure: true,
  };
}
