import type { SindriError } from '@sindri/core';
import type { WireMachine } from '../api/types.js';
import { endedByItself, exitText, toMachineData } from '../planner/index.js';
import { lastLogLines, quote } from './last-log-lines.js';
import type { MachineWork } from './work.js';
import { flyError } from '../fly-error.js';

const GONE = new Set(['launch_failed', 'destroying', 'destroyed']);

/**
 * What makes it useless to try anything with a machine, told in its own words, from one look at it: its host does not answer, or it
 * has failed, and such a machine comes back only by an update. Throws `FLY_HOST_UNREACHABLE`, `FLY_MACHINE_FAILED`.
 */
export async function refuseDeadMachine(work: MachineWork, machine: WireMachine): Promise<void> {
  if (machine.host_status === 'unreachable') throw hostUnreachable(machine);
  if (machine.state === 'failed') throw await failed(work, machine, '`sindri deploy` makes it new; your files stay.');
  if (GONE.has(machine.state)) throw await failed(work, machine, 'Run `sindri deploy`: it makes a new one.');
}

/** How a machine that lies still came to its end by itself: a sentence and its last log lines. `null` when somebody stopped it. */
export async function howItEnded(
  work: MachineWork,
  machine: WireMachine,
): Promise<{ message: string; lines: string[]; exitCode: number | null } | null> {
  const end = endedByItself(toMachineData(machine));
  if (end === null) return null;
  const lines = await lastLogLines(work, machine);
  const message = `Machine ${machine.name} ended by itself, with ${exitText(end)}.`;
  return { message, lines, exitCode: end.exit?.code ?? null };
}

/** Throws `FLY_MACHINE_EXITED` for a machine that lies still because its main process has ended. */
export async function refuseEndedMachine(work: MachineWork, machine: WireMachine): Promise<void> {
  const end = await howItEnded(work, machine);
  if (end === null) return;
  throw flyError({
    code: 'FLY_MACHINE_EXITED',
    kind: 'refused',
    message: `${end.message} Nothing can be run in it.`,
    hint: `\`sindri start\` starts it again. ${quote(end.lines)}`,
    details: { machine: machine.id, exitCode: end.exitCode, lastLogLines: end.lines },
  });
}

function hostUnreachable({ id, name }: WireMachine): SindriError {
  return flyError({
    code: 'FLY_HOST_UNREACHABLE',
    kind: 'incomplete',
    retryable: true,
    message: `Machine ${name} cannot be reached: Fly says that its host does not answer.`,
    hint: 'Fly repairs its hosts: try again later, and see https://status.flyio.net. What is on the volume is on that host.',
    details: { machine: id },
  });
}

async function failed(work: MachineWork, machine: WireMachine, remedy: string): Promise<SindriError> {
  const { id, name, state } = machine;
  const end = endedByItself(toMachineData(machine));
  const lines = await lastLogLines(work, machine);
  const how = end === null ? '' : `, and its main process ended with ${exitText(end)}`;
  return flyError({
    code: 'FLY_MACHINE_FAILED',
    kind: 'refused',
    message: `Machine ${name} cannot be used: Fly calls it ${state}${how}.`,
    hint: `${remedy} ${quote(lines)}`,
    details: { machine: id, state, exitCode: end?.exit?.code ?? null, lastLogLines: lines },
  });
}
