import { authorizedKeysVariable } from '@sindri/image-contract';
import { markSecret, type AppData, type IpsData, type MachineData, type SecretsData } from '../../model.js';
import type { JsonMap } from '../observed/json-maps.js';
import { recordedNames } from '../secrets/secrets-record.js';
import type { FlyToml } from './read-fly-toml.js';

/** A volume as far as a config says it. */
export interface FoundVolume {
  name: string;
  sizeGb: number;
  /** `null` = Fly does not tell. */
  snapshotRetention: number | null;
}

/** What there is to make a config of: a machine and what belongs to it, live or as a fly.toml would make it. */
export interface FoundOnFly {
  app: string;
  /** `null` = not known. */
  organization: string | null;
  region: string | null;
  /** The config of the machine, with {@link MachineData.metadata} and image in the live case. */
  machine: MachineData;
  /** There is a second machine, as `highAvailability` makes it. Absent = no. */
  hasSecond?: boolean;
  config: JsonMap;
  volume: FoundVolume | null;
  /** That of the second machine. Absent = there is none, or nobody knows. */
  secondVolume?: FoundVolume | null;
  dedicatedIpv4: boolean;
  /** Names of secrets that a config of Sindri has set before. */
  secrets: string[];
  /** What is there beside that and stays as it is, `secret NAME`. */
  others: string[];
  /** What only flyctl makes something of. */
  flyctlOnly: string[];
  /** Whether it exists: what Sindri leaves alone then stays. */
  live: boolean;
}

/** Fly's own size for a machine that nobody gave one. */
const SMALLEST = { cpu_kind: 'shared', cpus: 1, memory_mb: 256 };

/** Days for which Fly keeps snapshots when nobody says. */
const SNAPSHOT_DAYS = 5;

/** The machine that flyctl makes of a fly.toml for a new app. */
export function foundInToml(toml: FlyToml, app: string): FoundOnFly {
  const config: JsonMap = { guest: SMALLEST, ...toml.config };
  return {
    app,
    organization: null,
    region: toml.region,
    config,
    machine: machineOf(config, toml.region ?? ''),
    volume:
      toml.volume === null
        ? null
        : { ...toml.volume, snapshotRetention: toml.volume.snapshotRetention ?? SNAPSHOT_DAYS },
    dedicatedIpv4: false,
    secrets: [],
    others: [],
    flyctlOnly: toml.flyctlOnly,
    live: false,
  };
}

/** What is in an app. */
export interface LiveApp {
  app: AppData;
  ips: IpsData;
  secrets: SecretsData;
  /** The one that becomes the environment. */
  machine: MachineData;
  /** There is a second machine, as `highAvailability` makes it. */
  hasSecond: boolean;
  volume: FoundVolume | null;
  secondVolume: FoundVolume | null;
  /** Names of machines and volumes beside these. */
  others: string[];
}

export function foundLive({
  app,
  ips,
  secrets,
  machine,
  hasSecond,
  volume,
  secondVolume,
  others,
}: LiveApp): FoundOnFly {
  const own = recordedNames(machine.metadata);
  const [declared, foreign] = [true, false].map((wanted) =>
    secrets.items.map(({ name }) => name).filter((name) => own.includes(name) === wanted),
  ) as [string[], string[]];
  return {
    app: app.name,
    organization: app.organization === '' ? null : app.organization,
    region: machine.region,
    config: machine.config ?? {},
    machine,
    hasSecond,
    volume,
    secondVolume,
    dedicatedIpv4: ips.items.some(({ type }) => type === 'v4'),
    // Whether the keys came from a config is noted nowhere; not in the config they stay as they are.
    secrets: declared.filter((name) => name !== authorizedKeysVariable),
    others: [
      ...foreign
        .filter((name) => name !== markSecret && name !== authorizedKeysVariable)
        .map((name) => `secret ${name}`),
      ...others,
    ],
    flyctlOnly: [],
    live: true,
  };
}

function machineOf(config: JsonMap, region: string): MachineData {
  return {
    id: '',
    name: '',
    state: 'started',
    region,
    instanceId: '',
    imageRef: null,
    config,
    metadata: {},
    createdAt: null,
    updatedAt: null,
    hostStatus: null,
    cordoned: false,
    checks: [],
    events: [],
  };
}
