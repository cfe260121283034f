import type { NewVolume } from '../model.js';
import { existed, orNull } from './not-found.js';
import { byId, once } from './once.js';
import type { Send } from './send.js';
import type { WireSnapshot, WireVolume } from './types.js';

export interface VolumesApi {
  list(app: string): Promise<WireVolume[]>;
  get(app: string, volume: string): Promise<WireVolume | null>;
  create(app: string, request: CreateVolume): Promise<WireVolume>;
  update(app: string, volume: string, change: { snapshotRetention: number }): Promise<void>;
  /** Only up. `needsRestart`: the machine sees the new size after its next start. */
  extend(app: string, volume: string, sizeGb: number): Promise<{ needsRestart: boolean }>;
  /** Also those that Fly takes by itself. */
  snapshots(app: string, volume: string): Promise<WireSnapshot[]>;
  /** The id of the snapshot that is being written from now on; `null` when Fly does not tell. */
  createSnapshot(app: string, volume: string): Promise<string | null>;
  /** Soft: Fly keeps it for about a day. `volume` is what the answer shows of it, where it shows anything. */
  delete(app: string, volume: string): Promise<{ existed: boolean; volume: Pick<WireVolume, 'id' | 'state'> | null }>;
}

export interface CreateVolume extends NewVolume {
  /** What is to be on it; absent = nothing. */
  snapshotId?: string;
}

export function volumesApi(send: Send): VolumesApi {
  return {
    list: async (app) => once(await send<WireVolume[]>('listVolumes', { params: { app } }), byId),
    get: (app, volume) => orNull(send<WireVolume>('getVolume', { params: { app, volume } })),
    create: (app, request) =>
      send<WireVolume>('createVolume', {
        params: { app },
        body: {
          name: request.name,
          region: request.region,
          size_gb: request.sizeGb,
          encrypted: true,
          snapshot_retention: request.snapshotRetention,
          compute: request.compute,
          compute_image: request.computeImage,
          // The zone is a host. Fly's own default looks at volumes of the same name only.
          ...(request.apart === true ? { require_unique_zone: true, unique_zone_app_wide: true } : {}),
          ...(request.snapshotId === undefined ? {} : { snapshot_id: request.snapshotId }),
        },
        subject: { region: request.region },
      }),
    async update(app, volume, { snapshotRetention }) {
      await send<unknown>('updateVolume', { params: { app, volume }, body: { snapshot_retention: snapshotRetention } });
    },
    async extend(app, volume, sizeGb) {
      const reply = await send<{ needs_restart?: boolean } | undefined>('extendVolume', {
        params: { app, volume },
        body: { size_gb: sizeGb },
      });
      return { needsRestart: reply?.needs_restart ?? false };
    },
    snapshots: async (app, volume) =>
      once(await send<WireSnapshot[]>('listSnapshots', { params: { app, volume } }), byId),
    async createSnapshot(app, volume) {
      const reply = await send<{ Msg?: { backup?: { graph_id?: string } } } | undefined>('createSnapshot', {
        params: { app, volume },
      });
      return reply?.Msg?.backup?.graph_id ?? null;
    },
    async delete(app, volume) {
      let answer: unknown;
      const wasThere = await existed(
        send<unknown>('deleteVolume', { params: { app, volume } }).then((body) => {
          answer = body;
        }),
      );
      return { existed: wasThere, volume: stateIn(answer) };
    },
  };
}

/** Nobody promises what this answer has in it. */
function stateIn(answer: unknown): Pick<WireVolume, 'id' | 'state'> | null {
  const { id, state } = (answer ?? {}) as Partial<Record<'id' | 'state', unknown>>;
  return typeof id === 'string' && typeof state === 'string' ? { id, state } : null;
}
