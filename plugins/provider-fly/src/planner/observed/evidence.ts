import { markSecret, type OtherVolume, type VolumeData } from '../../model.js';
import { dataOf, type ObservedEnvironment } from './open-observation.js';

/**
 * What shows that an app is ours. `machine` and `mark` travel with the app: every computer sees them. `record` is on the computer
 * alone that has asked for the app, from before the request until the app carries the mark. It proves something of an empty app
 * only: a deploy puts nothing into one before the mark.
 */
export type Evidence = 'machine' | 'mark' | 'record';

/** What shows that the app is ours, the strongest first; `null` = nothing does, as far as could be read. */
export function evidenceOf(observed: ObservedEnvironment): Evidence | null {
  const { machine, second, secrets, facts } = observed;
  if (
    [machine, second.machine].some((one) => one.status === 'present' && one.owned) ||
    facts.siblings.length + facts.replaced.length > 0
  )
    return 'machine';
  if (hasMark(dataOf(secrets)?.items ?? [])) return 'mark';
  return facts.askedForHere && isKnownEmpty(observed) ? 'record' : null;
}

function isKnownEmpty(observed: ObservedEnvironment): boolean {
  const { ips, secrets, volume, machine } = observed;
  const isKnown = [ips, secrets, volume, machine].every(({ status }) => status !== 'unobserved');
  return isKnown && contentsOf(observed).length === 0;
}

/** Whether the secret that marks an app as ours is among `secrets`. Its value cannot be read; its name is enough. */
export function hasMark(secrets: readonly { name: string }[]): boolean {
  return secrets.some(({ name }) => name === markSecret);
}

/** Everything in the app, for people: `addresses 66.1.2.3`, `secrets A, B`, `volume data (vol_1, 3 GB)`. Empty = an empty app. */
export function contentsOf({ ips, secrets, volume, machine, second, facts }: ObservedEnvironment): string[] {
  const addresses = (dataOf(ips)?.items ?? []).filter(({ type }) => type !== 'private_v6').map(({ ip }) => ip);
  const names = (dataOf(secrets)?.items ?? []).map(({ name }) => name);
  const volumes = [...namesakes(dataOf(volume)), ...namesakes(dataOf(second.volume)), ...facts.foreignVolumes];
  const machines = [...[machine, second.machine].flatMap((one) => dataOf(one) ?? []), ...facts.foreignMachines];
  return [
    ...machines.map(({ name, id }) => `machine ${name} (${id})`),
    ...volumes.map(({ name, id, sizeGb }) => `volume ${name} (${id}, ${sizeGb} GB)`),
    ...listed('address', 'addresses', addresses),
    ...listed('secret', 'secrets', names),
  ];
}

/** A volume, and those of its name beside it. */
export function namesakes(volume: VolumeData | null): (OtherVolume & { name: string })[] {
  return volume === null ? [] : [volume, ...volume.others.map((other) => ({ ...other, name: volume.name }))];
}

function listed(one: string, many: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${items.length === 1 ? one : many} ${items.join(', ')}`];
}
