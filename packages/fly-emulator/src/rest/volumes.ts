import { badRequest } from '../api-error.js';
import { isJsonObject, type JsonObject } from '../json.js';
import { decodeShape, type Shape } from '../platform/json-shape.js';
import { guestShape } from '../platform/machine-config-shape.js';
import { createSnapshot, createVolume, deleteVolume, extendVolume, updateVolume } from '../platform/volumes.js';
import { flag, intParam, json, requiredBody, type ApiRequest } from './http.js';
import { checkLimit, page } from './paging.js';
import type { Route } from './route.js';
import { hideYoung } from './stale-list.js';
import { countedVolumeView, snapshotView, volumeSummary, volumeView } from './views.js';

const createShape: Shape = {
  object: {
    name: 'string',
    region: 'string',
    size_gb: 'int',
    encrypted: 'bool',
    fstype: 'string',
    require_unique_zone: 'bool',
    unique_zone_app_wide: 'bool',
    snapshot_retention: 'int',
    auto_backup_enabled: 'bool',
    snapshot_id: 'string',
    source_volume_id: 'string',
    compute: guestShape,
    compute_image: 'string',
  },
};

export const VOLUME_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/apps/{app}/volumes',
    operation: 'Volumes_list',
    scope: 'app',
    writes: false,
    async handle({ platform, request, app }) {
      const volumes = hideYoung(platform, app.name, platform.store.volumes(app.name));
      const limit = checkLimit(intParam(request.query, 'limit'), 1000);
      const { items, next } = page(volumes, limit, request.query.get('cursor'));
      const view = flag(request.query, 'summary') ? volumeSummary : countedVolumeView;
      const headers = next === null ? undefined : { 'fly-next-cursor': next };
      return json(await Promise.all(items.map((volume) => view(platform, volume))), 200, headers);
    },
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/volumes',
    operation: 'Volumes_create',
    scope: 'app',
    writes: true,
    async handle({ platform, request, app }) {
      const body = decodeBody(createShape, request);
      const volume = await createVolume(platform, app, {
        name: String(body.name ?? ''),
        region: body.region as string | undefined,
        sizeGb: body.size_gb as number | undefined,
        encrypted: body.encrypted as boolean | undefined,
        fstype: body.fstype as string | undefined,
        snapshotRetention: body.snapshot_retention as number | undefined,
        autoBackup: body.auto_backup_enabled as boolean | undefined,
        snapshotId: body.snapshot_id as string | undefined,
        sourceVolumeId: body.source_volume_id as string | undefined,
        requireUniqueZone: body.require_unique_zone as boolean | undefined,
        uniqueZoneAppWide: body.unique_zone_app_wide as boolean | undefined,
      });
      return json(volumeView(platform, volume));
    },
  },
  {
    method: 'GET',
    path: '/v1/apps/{app}/volumes/{volume}',
    operation: 'Volumes_get_by_id',
    scope: 'volume',
    writes: false,
    handle: async ({ platform, volume }) => json(await countedVolumeView(platform, volume)),
  },
  {
    method: 'PUT',
    path: '/v1/apps/{app}/volumes/{volume}',
    operation: 'Volumes_update',
    scope: 'volume',
    writes: true,
    handle({ platform, request, volume }) {
      const body = decodeBody({ object: { snapshot_retention: 'int', auto_backup_enabled: 'bool' } }, request);
      updateVolume(platform, volume, {
        snapshotRetention: body.snapshot_retention as number | undefined,
        autoBackup: body.auto_backup_enabled as boolean | undefined,
      });
      return json(volumeView(platform, volume));
    },
  },
  {
    method: 'PUT',
    path: '/v1/apps/{app}/volumes/{volume}/extend',
    operation: 'Volumes_extend',
    scope: 'volume',
    writes: true,
    handle({ platform, request, volume }) {
      const body = decodeBody({ object: { size_gb: 'int' } }, request);
      if (typeof body.size_gb !== 'number') throw badRequest('invalid_argument: size_gb is required');
      extendVolume(platform, volume, body.size_gb);
      return json({ volume: volumeView(platform, volume), needs_restart: false });
    },
  },
  {
    method: 'DELETE',
    path: '/v1/apps/{app}/volumes/{volume}',
    operation: 'Volume_delete',
    scope: 'volume',
    writes: true,
    handle({ platform, volume }) {
      deleteVolume(platform, volume);
      return json(volumeView(platform, volume));
    },
  },
  {
    method: 'GET',
    path: '/v1/apps/{app}/volumes/{volume}/snapshots',
    operation: 'Volumes_list_snapshots',
    scope: 'volume',
    writes: false,
    handle: ({ platform, volume }) => json(platform.store.snapshots(volume.id).map(snapshotView)),
  },
  {
    method: 'POST',
    path: '/v1/apps/{app}/volumes/{volume}/snapshots',
    operation: 'createVolumeSnapshot',
    scope: 'volume',
    writes: true,
    async handle({ platform, volume }) {
      // A backup job: of its members only this one is known.
      const { id } = await createSnapshot(platform, volume);
      return json({ Msg: { backup: { graph_id: id } } });
    },
  },
];

function decodeBody(shape: Shape, request: ApiRequest): JsonObject {
  const body = decodeShape(shape, requiredBody(request), 'VolumeRequest');
  return isJsonObject(body) ? body : {};
}
