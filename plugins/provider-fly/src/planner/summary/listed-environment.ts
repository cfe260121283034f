import type { ListedEnvironment } from '@sindri/core';
import type { WireVolume } from '../../api/types.js';
import type { AppData, IpsData, MachineData } from '../../model.js';
import { desiredNames } from '../desired/names.js';
import { fromWireGuest } from '../hardware/guest.js';
import { namesakes } from '../observed/evidence.js';
import { dataOf, noFacts, type Observed, type ObservedEnvironment } from '../observed/open-observation.js';
import { isMarked, selectMachines } from '../observed/select-machines.js';
import { toVolumeData } from '../observed/select-volume.js';
import { cents, costOf, machineMonthly } from '../prices/cost.js';
import { dedicatedIpv4Price } from '../prices/price-book.js';
import { observedBillable } from '../prices/observed-cost.js';
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
  const { ours, second, foreign } = selectMachines(machines, specOf(name));
  const all = [...ours, second, ...foreign].filter((machine) => machine !== null);
  return all.filter((machine) => isMarked(machine, { name }));
}

/** An environment as a list shows it. What could not be read makes its state or its cost unknown. Pure; never throws. */
export function listedEnvironment({ app, machines, volumes, ips }: EnvironmentInApp): ListedEnvironment {
  const { second } = selectMachines(dataOf(machines) ?? [], specOf(app.name));
  const marked = markedMachines(dataOf(machines) ?? [], app.name).filter((one) => one.id !== second?.id);
  const [machine = null, ...siblings] = marked;
  const names = desiredNames(specOf(app.name));
  const request = { name: names.volume, region: machine?.region ?? names.region, machineId: machine?.id ?? null };
  const volume = toVolumeData(dataOf(volumes) ?? [], request);
  const secondVolume = toVolumeData(dataOf(volumes) ?? [], {
    ...request,
    name: names.second.volume,
    machineId: second?.id ?? null,
  });
  const observed = {
    app: { status: 'present', owned: true, data: app } as const,
    ips,
    secrets: { status: 'unobserved', reason: 'not asked for' } as const,
    volume: reduced(volumes, volume),
    machine: reduced(machines, machine),
    image: { status: 'unobserved', reason: 'not asked for' } as const,
    second: { volume: reduced(volumes, secondVolume), machine: reduced(machines, second) },
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
      : monthlyCost(observed, siblings),
    owner: app.organization === '' ? null : app.organization,
    createdAt: machine?.createdAt ?? volume?.createdAt ?? null,
    orphans: machines.status === 'unobserved' ? [] : orphans(observed),
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

type Seen = Pick<ObservedEnvironment, 'ips' | 'volume' | 'machine' | 'second'>;

/** What is billed for all that is there, used or not. */
function monthlyCost(observed: Seen, siblings: readonly MachineData[]): ListedEnvironment['monthlyCost'] {
  const billable = observedBillable(observed);
  const cost = costOf(
    billable ?? { guest: null, region: '', volumeGb: 0, dedicatedIpv4s: dedicatedIpv4s(observed).length },
  );
  const others = siblings.map((sibling) => {
    const size = fromWireGuest(sibling.config?.['guest']);
    return size === null ? null : machineMonthly(size, sibling.region);
  });
  const isUnknown =
    billable === null && [observed.machine, observed.second.machine].some((one) => dataOf(one) !== null);
  if (isUnknown || cost === null || others.includes(null)) return null;
  const more = others.reduce<number>((sum, monthly) => sum + (monthly ?? 0), 0);
  return { currency: cost.currency, running: cents(cost.monthlyRunning + more), idle: cost.monthlyIdle };
}

function orphans(observed: Seen): string[] {
  const { machine, volume, second } = observed;
  const volumes = [...namesakes(dataOf(volume)), ...namesakes(dataOf(second.volume))];
  const left = volumes
    .filter(({ attachedMachineId }) => attachedMachineId === null)
    .map(({ id, name, sizeGb }) => `volume ${name} (${id}, ${sizeGb} GB) without a machine`);
  if (dataOf(machine) !== null || dataOf(second.machine) !== null) return left;
  const addresses = dedicatedIpv4s(observed).map(
    ({ ip }) => `dedicated IPv4 ${ip} without a machine, ${monthlyText(dedicatedIpv4Price)}`,
  );
  const isEmpty = volumes.length === 0 && volume.status !== 'unobserved';
  return [...left, ...addresses, ...(isEmpty ? ['app without a machine and without a volume'] : [])];
}

function dedicatedIpv4s({ ips }: Seen): IpsData['items'] {
  return (dataOf(ips)?.items ?? []).filter(({ type }) => type === 'v4');
}
