import path from 'node:path';
import { isMarkOf } from './machine-mark.js';
import { createMachineProcesses } from './machine-processes.js';

/** Where an emulator keeps the roots of its machines, below its state directory. */
export function machinesDirectory(stateDir: string): string {
  return path.join(stateDir, 'machines');
}

/** Ends by force what still runs in machines below `directory`, for an emulator that could not do so itself. */
export async function endLeftovers(directory: string): Promise<void> {
  await createMachineProcesses(isMarkOf(directory)).kill();
}
