import type { JsonValue } from '../json.js';
import type { AppRecord, ReleaseRecord } from '../records.js';
import type { Platform } from './platform.js';

/** Each holds a whole fly.toml, and every change of the app writes them. */
const KEPT = 50;

export interface ReleaseRequest {
  strategy: string;
  imageRef: string;
  definition: JsonValue;
  user: string;
}

/** Writes down that a deployment begins. Its version follows the app's last one, kept or not. */
export function createRelease({ store, clock, ids }: Platform, app: AppRecord, request: ReleaseRequest): ReleaseRecord {
  const earlier = app.releases ?? [];
  const version = (earlier.at(-1)?.version ?? 0) + 1;
  const release = { id: ids.app(), version, status: 'pending', ...request, createdAt: clock.now() };
  app.releases = [...earlier, release].slice(-KEPT);
  store.changed({ app });
  return release;
}

/** The app and its release of this id; `null` when there is none. */
export function findRelease({ store }: Platform, id: string): { app: AppRecord; release: ReleaseRecord } | null {
  for (const app of store.apps()) {
    const release = app.releases?.find((candidate) => candidate.id === id);
    if (release) return { app, release };
  }
  return null;
}

/** The newest one, whatever became of it. */
export const latestRelease = (app: AppRecord): ReleaseRecord | null => app.releases?.at(-1) ?? null;

export const isInProgress = ({ status }: ReleaseRecord): boolean => ['pending', 'running'].includes(status);
