import type { MachineRecord } from '../records.js';

/** States in which a start is carried out. `suspending` is among them since Fly announced it, and was seen refused (open). */
const STARTABLE = ['stopped', 'suspending', 'suspended', 'failed'];

/**
 * Why Fly refuses to start a machine now, or `null`. All of these pass by themselves: a client repeats the start.
 * @param strikes whether the fault of that name strikes now
 */
export function whyStartIsRefused(machine: MachineRecord, strikes: (name: string) => boolean): string | null {
  if (machine.state === 'replacing') return 'machine getting replaced, refusing to start';
  if (!STARTABLE.includes(machine.state)) return `unable to start machine from current state: '${machine.state}'`;
  if (machine.state === 'suspending' && strikes('start-while-suspending')) {
    return `unable to start machine from current state: 'suspending'`;
  }
  return strikes('still-active') ? 'machine still active, refusing to start' : null;
}
