import type { ListedEnvironment } from '@sindri/core';
import type { WireVolume } from '../../api/types.js';
import type { AppData, IpsData, MachineData, VolumeData } from '../../model.js';
import { desiredNames } from '../desired/names.js';
import { fromWireGuest } from '../hardware/guest.js';
import { dataOf, noFacts, type Observed } from '../observed/open-observation.js';
import { isMarked, selectMachines } from '../observed/select-machines.js';
import { toVolumeData } from '../observed/select-volume.js';
import { cents, costOf, machineMonthly } from '../prices/cost.js';
import { dedicatedIpv4Price } from '../prices/price-book.js';
import { monthlyText } from '../prices/price-text.js';
import { judge } from './state.js';

/** What was seen in an app of ours, without its config at hand. */
export interface EnvironmentInApp {
  app: AppData;
  machines: Observed<MachineData[]>;
  volumes: Observed<WireVolume[]>;
  ips: Observed<IpsData>;
}

/** The living machines that carry the mark of the environment `name`, which is also the name of its app. */
export function markedMachines(machines: readonly MachineData[], name: string): MachineData[] {
  const { ours, foreign } = selectMachines(machines, specOf(name));
  const all = [...ours.filter((machine) => machine !== null), ...foreign];
  return all.filter((machine) => isMarked(machine, { name }));
}

/** An environment as a list shows it. What could not be read makes its state or its cost unknown. Pure; never throws. */
export function listedEnvironment({ app, machines, volumes, ips }: EnvironmentInApp): ListedEnvironment {
  const [machine = null, ...siblings] = markedMachines(dataOf(machines) ?? [], app.name);
  const names = desiredNames(specOf(app.name));
  const request = { name: names.volume, region: machine?.region ?? names.region, machineId: machine?.id ?? null };
  const volume = toVolumeData(dataOf(volumes) ?? [], request);
  const observed = {
    app: { status: 'present', owned: true, data: app } as const,
    ips,
    secrets: { status: 'unobserved', reason: 'not asked for' } as const,
    volume: reduced(volumes, volume),
    machine: reduced(machines, machine),
    image: { status: 'unobserved', reason: 'not asked for' } as const,
    facts: noFacts,
    observedAtMs: NaN,
  };
  const guest = fromWireGuest(machine?.config?.['guest']);
  return {
    name: app.name,
    platformName: app.name,
    state: judge(observed, names).state,
    region: machine?.region ?? volume?.region ?? null,
    resources: { memoryMb: guest?.memoryMb ?? null, cpus: guest?.cpus ?? null, volumeGb: volume?.sizeGb ?? null },
    monthlyCost: [machines, volumes, ips].some(({ status }) => status === 'unobserved')
      ? null
      : monthlyCost(machine, siblings, volume, dedicatedIpv4s(ips)),
    owner: app.organization === '' ? null : app.organization,
    createdAt: machine?.createdAt ?? volume?.createdAt ?? null,
    orphans: machines.status === 'unobserved' ? [] : orphans(machine, volume, ips, volumes),
  };
}

function specOf(name: string): Parameters<typeof desiredNames>[0] {
  return { name, options: {}, origins: {} };
}

/** One thing of a list: it is there, or it is not, or the list could not be read. */
function reduced<T>(list: Observed<unknown>, one: T | null): Observed<T> {
  if (list.status === 'unobserved') return list;
  return one === null ? { status: 'absent' } : { status: 'present', owned: true, data: one };
}

function dedicatedIpv4s(ips: Observed<IpsData>): IpsData['items'] {
  return (dataOf(ips)?.items ?? []).filter(({ type }) => type === 'v4');
}

/** What is billed for all that is there, used or not. */
function monthlyCost(
  machine: MachineData | null,
  siblings: readonly MachineData[],
  volume: VolumeData | null,
  ipv4s: IpsData['items'],
): ListedEnvironment['monthlyCost'] {
  const guest = fromWireGuest(machine?.config?.['guest']);
  if (machine !== null && guest === null) return null;
  const volumeGb = volumesOf(volume).reduce((sum, { sizeGb }) => sum + sizeGb, 0);
  const cost = costOf({ guest, region: machine?.region ?? '', volumeGb, dedicatedIpv4s: ipv4s.length });
  const others = siblings.map((sibling) => {
    const size = fromWireGuest(sibling.config?.['guest']);
    return size === null ? null : machineMonthly(size, sibling.region);
  });
  if (cost === null || others.includes(null)) return null;
  const more = others.reduce<number>((sum, monthly) => sum + (monthly ?? 0), 0);
  return { currency: cost.currency, running: cents(cost.monthlyRunning + more), idle: cost.monthlyIdle };
}

function orphans(
  machine: MachineData | null,
  volume: VolumeData | null,
  ips: Observed<IpsData>,
  volumes: Observed<unknown>,
): string[] {
  const idle = volumesOf(volume).filter(({ attachedMachineId }) => attachedMachineId === null);
  const left = idle.map(({ id, sizeGb }) => `volume ${volume?.name} (${id}, ${sizeGb} GB) without a machine`);
  if (machine !== null) return left;
  const addresses = dedicatedIpv4s(ips).map(
    ({ ip }) => `dedicated IPv4 ${ip} without a machine, ${monthlyText(dedicatedIpv4Price)}`,
  );
  const isEmpty = volume === null && volumes.status !== 'unobserved';
  return [...left, ...addresses, ...(isEmpty ? ['app without a machine and without a volume'] : [])];
}

/** The one that is used, and those of its name beside it. */
function volumesOf(volume: VolumeData | null): Pick<VolumeData, 'id' | 'sizeGb' | 'attachedMachineId'>[] {
  return volume === null ? [] : [volume, ...volume.others];
}
