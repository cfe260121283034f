import { readFileSync } from 'node:fs';
import path from 'node:path';

/** What the real platform answered, as others recorded it. Ids, names and addresses are made up; each file names its source. */
const names = {
  machineCreated: '01-machine-created-2026',
  machinesStarted: '02-machine-started-flyctl-2024',
  machineStopped: '03-machine-stopped-exit127',
  eventsWake: '04-events-proxy-wake',
  eventsOom: '05-events-oom',
  machineLeftStopped: '06-machine-update-left-stopped',
  volume: '07-volume',
  snapshotCreated: '08-snapshot-create',
  snapshotsRunning: '09-snapshot-list-running',
  lease: '10-lease',
  processes: '11-ps',
  errors: '12-errors',
  placements: '13-placements',
} as const;

/** The recorded body of this name. */
// Tests look into bodies of every shape.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function recorded(name: keyof typeof names): any {
  const file = path.join(__dirname, `${names[name]}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { body: unknown }).body;
}

/** A recorded refusal: its status and its body. `what` is a key of `12-errors.json`. */
export function recordedError(what: string): [status: number, body: { error: string }] {
  const found = (recorded('errors') as Record<string, [number, { error: string }]>)[what];
  if (found === undefined) throw new Error(`no refusal was recorded for ${what}`);
  return found;
}
