import type { Import, ImportedConfig, OperationContext } from '@sindri/core';
import type { OpenApi } from './api/client.js';
import { hasCode } from './api/errors.js';
import type { WireVolume } from './api/types.js';
import { flyError } from './fly-error.js';
import type { MachineData } from './model.js';
import { appNameTaken } from './observe.js';
import {
  foundInToml,
  foundLive,
  importedConfig,
  isLivingVolume,
  listAnd,
  mountedVolume,
  readFlyToml,
  selectMachines,
  toAppData,
  toIpsData,
  toMachineData,
  toSecretsData,
  type FoundVolume,
} from './planner/index.js';

/** What an app, or a fly.toml, is as a config of Sindri. */
export function createImport(openApi: OpenApi): Import {
  return {
    files: ['fly.toml'],
    fromFile({ text }): ImportedConfig {
      const toml = readFlyToml(text);
      return importedConfig(foundInToml(toml, toml.app ?? ''));
    },
    fromPlatform: async (name, context) => importApp(openApi, name, context),
  };
}

async function importApp(openApi: OpenApi, name: string, context: OperationContext): Promise<ImportedConfig> {
  // It becomes a part of addresses.
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    throw flyError({
      code: 'FLY_APP_NAME_INVALID',
      kind: 'usage',
      message: `${JSON.stringify(name)} cannot be the name of a Fly app.`,
      hint: 'The name of an app is in its address, NAME.fly.dev, and on https://fly.io/dashboard. For a file, give its path.',
    });
  }
  const api = await openApi(context);
  // An app that is not there is told by its own answer.
  const orNone = <T>(list: Promise<T[]>): Promise<T[]> =>
    list.catch((error: unknown) => {
      if (hasCode(error, 'FLY_NOT_FOUND')) return [];
      throw error;
    });
  const [app, ips, secrets, volumes, machines] = await Promise.all([
    api.apps.get(name),
    orNone(api.ips.list(name)),
    orNone(api.secrets.list(name)),
    orNone(api.volumes.list(name)),
    orNone(api.machines.list(name)),
  ]).catch((error: unknown) => {
    throw hasCode(error, 'FLY_FORBIDDEN') ? appNameTaken(name, error) : error;
  });
  if (app === null) {
    throw flyError({
      code: 'FLY_NOT_FOUND',
      kind: 'refused',
      message: `There is no app ${name} that this token can see.`,
      hint: 'The environments that there are: `sindri list`. For a file, give its path.',
    });
  }
  const { machine, second, others } = chooseMachine(name, machines.map(toMachineData));
  const living = volumes.filter(isLivingVolume);
  const mounted = mountedVolume(machine);
  const ofSecond = second === null ? null : mountedVolume(second);
  const volume = living.find(({ id }) => id === mounted);
  const secondVolume = living.find(({ id }) => id === ofSecond);
  return importedConfig(
    foundLive({
      app: toAppData(app),
      ips: toIpsData(ips),
      secrets: toSecretsData(secrets),
      machine,
      hasSecond: second !== null,
      volume: toFoundVolume(volume),
      secondVolume: toFoundVolume(secondVolume),
      others: [
        ...others.map((other) => `machine ${other.name}`),
        ...living
          .filter((other) => other !== volume && other.id !== ofSecond)
          .map((other) => `volume ${other.name} (${other.id})`),
      ],
    }),
  );
}

function toFoundVolume(volume: WireVolume | undefined): FoundVolume | null {
  if (volume === undefined) return null;
  return { name: volume.name, sizeGb: volume.size_gb, snapshotRetention: volume.snapshot_retention ?? null };
}

/** The machine with our mark or our shape, else the only one. Throws `FLY_IMPORT_UNCLEAR`. */
function chooseMachine(
  app: string,
  machines: MachineData[],
): {
  machine: MachineData;
  second: MachineData | null;
  others: MachineData[];
} {
  const { ours, second, foreign } = selectMachines(machines, { name: app, options: {}, origins: {} });
  const [first = null] = ours;
  const [only, ...more] = foreign;
  const machine = first ?? (more.length === 0 ? (only ?? null) : null);
  const unclear = (message: string, hint: string, names: string[]) =>
    flyError({ code: 'FLY_IMPORT_UNCLEAR', kind: 'refused', message, hint, details: { machines: names } });
  if (machine === null) {
    const names = foreign.map(({ name }) => name);
    throw names.length === 0
      ? unclear(`App ${app} has no machine, so there is nothing to read.`, 'Import its fly.toml instead.', names)
      : unclear(
          `App ${app} has ${names.length} machines, ${listAnd(names)}, and none is one that Sindri could take over.`,
          'An environment is one machine. Import a fly.toml with one process group instead.',
          names,
        );
  }
  if (machine.config === null) {
    throw unclear(
      `The host of machine ${machine.name} is ${machine.hostStatus ?? 'silent'}, so Fly does not tell its config.`,
      'Try again later; status.flyio.net tells of incidents.',
      [machine.name],
    );
  }
  return { machine, second, others: foreign.filter((other) => other !== machine) };
}
