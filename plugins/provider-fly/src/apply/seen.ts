import type { WireApp, WireMachine, WireSecret, WireVolume } from '../api/types.js';
import { isMarked, toAppData, toMachineData, toSecretsData, toVolumeData } from '../planner/index.js';
import { resourceIds, type FlyResource } from '../model.js';
import { addressesAfterRun } from './addresses.js';
import type { ApplyWork } from './work.js';

/**
 * What a change has seen last, for the status right after the run (`ApplyResult.seen`): answers of Fly to this run, never what it
 * should have become. A change that cannot tell tells nothing, and then somebody looks.
 */
export type Seen = readonly FlyResource[];

/** The change is told by a later one, or shows nowhere. */
export const toldLater: Seen = [];

export function seenApp(app: WireApp): Seen {
  const data = toAppData(app);
  return [
    {
      id: resourceIds.app,
      type: 'app',
      name: app.name,
      status: 'present',
      owned: true,
      data: { kind: 'app', ...data },
    },
  ];
}

/** The secrets as the answer to the write lists them. */
export function seenSecrets({ names }: ApplyWork, secrets: readonly WireSecret[]): Seen {
  const data = { kind: 'secrets', ...toSecretsData(secrets) } as const;
  return [{ id: resourceIds.secrets, type: 'secrets', name: names.app, status: 'present', owned: true, data }];
}

/** A volume that this run has made where there was none. */
export function seenVolume({ names }: ApplyWork, volume: WireVolume): Seen | undefined {
  const data = toVolumeData([volume], { name: names.volume, region: names.region, machineId: null });
  if (data === null) return undefined;
  const id = resourceIds.volume(names.volume);
  return [
    { id, type: 'volume', name: names.volume, status: 'present', owned: true, data: { kind: 'volume', ...data } },
  ];
}

/** The machine as the last look at it has shown it, and the addresses under which it answered. */
export function seenMachine(work: ApplyWork, machine: WireMachine | null): Seen | undefined {
  if (machine === null) return undefined;
  const { context, names } = work;
  const [name = ''] = names.machines;
  const data = toMachineData(machine);
  const addresses = addressesAfterRun(work);
  if (data.name !== name || !isMarked(data, context.spec) || addresses === null) return undefined;
  return [
    {
      id: resourceIds.ips,
      type: 'ips',
      name: names.app,
      status: 'present',
      owned: true,
      data: { kind: 'ips', ...addresses },
    },
    {
      id: resourceIds.machine(name),
      type: 'machine',
      name,
      status: 'present',
      owned: true,
      data: { kind: 'machine', ...data },
    },
  ];
}

/** That a thing is gone, as Fly has answered after it was deleted. */
export function seenGone(type: 'machine' | 'volume', name: string): Seen {
  const id = type === 'machine' ? resourceIds.machine(name) : resourceIds.volume(name);
  return [{ id, type, name, status: 'absent' }];
}
