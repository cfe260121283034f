import type { EnvironmentSpec, OperationContext, PresentSecret, SecretInfo } from '@sindri/core';
import type { OpenApi } from '../api/client.js';
import { hasCode } from '../api/errors.js';
import type { WireSecret } from '../api/types.js';
import { listMachines } from '../machine/find-machine.js';
import { markSecret, metadataKeys, tokenSecret } from '../model.js';
import { appNameTaken } from '../observe.js';
import {
  compareLocal,
  appName,
  removedSecrets,
  selectMachines,
  sharedStates,
  toMachineData,
  toSecretsData,
  valueMarks,
} from '../planner/index.js';

/** Every secret of the app but our mark; none where there is no app. Throws `FLY_APP_NAME_TAKEN`. */
export function createListSecrets(
  openApi: OpenApi,
): (
  spec: EnvironmentSpec,
  request: { local: readonly SecretInfo[] },
  context: OperationContext,
) => Promise<PresentSecret[]> {
  return async (spec, { local }, context) => {
    const api = await openApi(context);
    const app = appName(spec);
    const [wire, machines] = await Promise.all([
      api.secrets.list(app).catch((error: unknown): WireSecret[] => {
        if (hasCode(error, 'FLY_NOT_FOUND')) return [];
        if (hasCode(error, 'FLY_FORBIDDEN')) throw appNameTaken(app, error);
        throw error;
      }),
      listMachines(api, app),
    ]);
    const items = toSecretsData(wire).items.filter(({ name }) => name !== markSecret);
    const { ours, second } = selectMachines(machines.map(toMachineData), spec);
    const managed = [...ours, second].filter((one) => one !== null);
    // The first one remembers what was set, where there are two.
    const metadata = managed[0]?.metadata ?? {};
    const states = sharedStates(managed, items);
    const compared = compareLocal(metadata, items, valueMarks(local));
    const expires = metadata[metadataKeys.tokenExpires] ?? '';
    const present = items.map(({ name, digest, updatedAt }): PresentSecret => {
      const comparison = compared.get(name);
      return {
        name,
        digest: digest === '' ? null : digest,
        updatedAt,
        state: states?.get(name) ?? 'staged',
        ...(comparison === undefined ? {} : { local: comparison }),
        ...(name === tokenSecret && expires !== '' ? { expiresAt: expires } : {}),
      };
    });
    const removed = [...new Set(managed.flatMap((machine) => removedSecrets(machine, items)))];
    return [
      ...present,
      ...removed.map((name): PresentSecret => ({ name, digest: null, updatedAt: null, state: 'removed' })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
}
