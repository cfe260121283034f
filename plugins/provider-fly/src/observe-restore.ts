import type { OperationContext } from '@sindri/core';
import type { FlyApi } from './api/client.js';
import type { WireVolume } from './api/types.js';
import { attempt } from './attempt.js';
import { readRestore } from './begun-restore.js';
import type { FlyFacts } from './model.js';
import { homeVolumeName, isLivingVolume, secondVolumeName, toFlySnapshot } from './planner/index.js';

/** What a restore must know beside everything else: the snapshots, and what a run that was killed has begun. */
export async function readRestoreFacts(
  api: FlyApi,
  app: string,
  volumes: readonly WireVolume[],
  context: OperationContext,
): Promise<Pick<FlyFacts, 'snapshots' | 'restoring'>> {
  const ours = volumes.filter(
    (volume) => [homeVolumeName, secondVolumeName].includes(volume.name) && isLivingVolume(volume),
  );
  const [record, ...lists] = await Promise.all([
    readRestore(context, app),
    ...ours.map(({ id }) => attempt(api.volumes.snapshots(app, id))),
  ]);
  const snapshots = lists.flatMap((list, index) =>
    list.ok ? list.value.map((one) => toFlySnapshot(one, ours[index]?.id ?? '')) : [],
  );
  return {
    // One list that is missing may be the one with the snapshot.
    snapshots: lists.every(({ ok }) => ok)
      ? snapshots.sort((a, b) => (b.createdAt ?? '~').localeCompare(a.createdAt ?? '~', 'en'))
      : null,
    restoring: record === null ? null : { snapshot: record.snapshot, region: record.region, volumeId: record.volumeId },
  };
}
