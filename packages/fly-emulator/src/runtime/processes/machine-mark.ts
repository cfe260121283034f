import { createHash } from 'node:crypto';
import path from 'node:path';

/** The mark that all processes of one machine carry. */
export function machineMark(emulatorId: string, directory: string, app: string, machineId: string): string {
  return `${emulatorId}.${fingerprint(directory)}/${app}/${machineId}`;
}

/** Whether a mark is of any machine below `directory`, whichever emulator has started it. */
export function isMarkOf(directory: string): (mark: string) => boolean {
  const ending = `.${fingerprint(directory)}`;
  return (mark) => mark.split('/')[0]?.endsWith(ending) ?? false;
}

function fingerprint(directory: string): string {
  return createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16);
}
