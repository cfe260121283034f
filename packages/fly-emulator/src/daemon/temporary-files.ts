import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Files that are written beside the one that they then replace. */
const TEMPORARY = /^(state\.json|[a-z0-9-]+\.ndjson)\.new$|^daemon\.(json|lock)\.\d+$/;

/** Removes what a daemon that was killed in the middle of a write has left. Only while no daemon runs there. */
export function removeTemporaryFiles(directory: string): void {
  for (const place of [directory, path.join(directory, 'logs')]) {
    for (const name of namesIn(place)) if (TEMPORARY.test(name)) rmSync(path.join(place, name), { force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
