import { type ApplyContext, type Change } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import type { DesiredNames } from '../planner/index.js';
import type { ChangePayload } from '../model.js';
import type { FlyShapes } from '../shapes.js';
import { applyAppCreate, applyAppDelete } from './app.js';
import { applyBuildClean } from './build-clean.js';
import { applyImageBuild } from './image-build.js';
import { applyIdentityCreate } from './identity.js';
import { applyIpCreate, applyIpDelete } from './ip.js';
import { applyKeyAdmit, applyKeyRemove } from './keys.js';
import { applyAppAdopt } from './mark.js';
import { applyMachineCreate } from './machine-create.js';
import { applyMachineDelete } from './machine-delete.js';
import { applyMachineMetadata } from './machine-metadata.js';
import { applyMachineReplace } from './machine-replace.js';
import { applyMachineRetire } from './machine-retire.js';
import { applyMachineStart } from './machine-start.js';
import { applyMachineUpdate } from './machine-update.js';
import type { Applied } from './results.js';
import { applySecretsSet } from './secrets.js';
import { applySnapshotCreate } from './snapshot.js';
import { applyVolumeCreate, applyVolumeDelete, applyVolumeExtend, applyVolumeUpdate } from './volume.js';
import { applyVolumeRestore } from './volume-restore.js';
import { createApplyWork, type Apply } from './work.js';
import { flyError } from '../fly-error.js';

const kinds: { [K in ChangePayload['kind']]: Apply<K> } = {
  'identity.create': applyIdentityCreate,
  'app.create': applyAppCreate,
  'app.adopt': applyAppAdopt,
  'app.delete': applyAppDelete,
  'ip.create': applyIpCreate,
  'ip.delete': applyIpDelete,
  'secrets.set': applySecretsSet,
  'image.build': applyImageBuild,
  'build.clean': applyBuildClean,
  'volume.create': applyVolumeCreate,
  'volume.restore': applyVolumeRestore,
  'volume.extend': applyVolumeExtend,
  'volume.update': applyVolumeUpdate,
  'volume.delete': applyVolumeDelete,
  'snapshot.create': applySnapshotCreate,
  'machine.create': applyMachineCreate,
  'machine.update': applyMachineUpdate,
  'machine.replace': applyMachineReplace,
  'machine.retire': applyMachineRetire,
  'machine.metadata': applyMachineMetadata,
  'machine.start': applyMachineStart,
  'machine.delete': applyMachineDelete,
  'key.admit': applyKeyAdmit,
  'key.remove': applyKeyRemove,
};

/** Performs one planned change. Throws `PLAN_INVALID` for a payload that this version does not know. */
export async function applyChange(
  api: FlyApi,
  change: Change<ChangePayload>,
  context: ApplyContext<FlyShapes>,
  names: DesiredNames,
): Promise<Applied> {
  const { payload } = change;
  const perform = kinds[payload.kind] as Apply<ChangePayload['kind']> | undefined;
  if (perform === undefined) {
    throw flyError({
      code: 'PLAN_INVALID',
      kind: 'usage',
      message: `The change ${change.id} is of a kind that this version of the Fly provider does not know.`,
      hint: 'Make a new plan, and apply that.',
    });
  }
  context.signal.throwIfAborted();
  return perform(createApplyWork(api, context, names, change), payload);
}
