import type { CostLine, CostRate, CostReport } from '@sindri/core';
import type { FlyObservation, FlySpec, MachineData, MachineEventData } from '../../model.js';
import { settle, type FlyDesired } from '../desired/desired.js';
import { type Guest } from '../hardware/guest.js';
import { openObservation } from '../observed/open-observation.js';
import { memoryText, moneyText } from '../words.js';
import { neverAsleep } from './awake.js';
import {
  billItems,
  cents,
  egressPerGb,
  machineParts,
  snapshotsMonthly,
  sumGb,
  sumOf,
  type Billable,
  type BillItem,
} from './cost.js';
import { monthParts, monthSubject, type MonthParts } from './month-so-far.js';
import { observedBillable } from './observed-cost.js';
import {
  dedicatedIpv4Price,
  freeSnapshotGb,
  rootFileSystemGb,
  snapshotPricePerGb,
  stoppedRootPricePerGb,
  volumePricePerGb,
} from './price-book.js';

export interface CostReportRequest {
  spec: FlySpec;
  observation: FlyObservation;
  /** ms since the epoch. */
  nowMs: number;
  /** GB of snapshots that are stored; `null` = nobody knows. */
  snapshotsGb: number | null;
  /** By the id of a machine, more of its events than it carries with it. Only for what the month has cost so far. */
  history?: ReadonlyMap<string, MachineEventData[]>;
}

/**
 * The bill of what is there, or while nothing is, of what a deploy would make. `null` where a part has no known price: GPUs, and regions
 * that are not in the price book. Pure.
 */
export function costReport({
  spec,
  observation,
  nowMs,
  snapshotsGb,
  history = new Map(),
}: CostReportRequest): CostReport | null {
  const observed = openObservation(spec, observation);
  const { machine, volume, second } = observed;
  const exists = [machine, volume, second.machine, second.volume].some(({ status }) => status === 'present');
  const billable = exists
    ? observedBillable(observed, nowMs)
    : wanted(settle(spec, { defaults: observed.facts.defaults, volume: null }));
  const items = billable === null ? null : billItems(billable);
  if (billable === null || items === null) return null;
  const subject = monthSubject(observed);
  const remembering = (one: MachineData | null): MachineData | null =>
    one === null ? null : { ...one, events: history.get(one.id) ?? one.events };
  const month = monthParts({
    nowMs,
    ...subject,
    machine: remembering(subject.machine),
    second: remembering(subject.second ?? null),
    dedicatedIpv4s: billable.dedicatedIpv4s,
  });
  const stored = snapshotItem(snapshotsGb);
  const lines = items.map((item) => toLine(item, billable, month));
  const soFar =
    month === null
      ? null
      : {
          month: month.month,
          spent: cents(Object.values(month.spent).reduce((sum, part) => sum + part, 0)),
          ...(month.isAtLeast ? { isAtLeast: true } : {}),
        };
  return {
    ...sumOf([...lines, ...stored], billable.awake),
    of: exists ? 'deployed' : 'config',
    items: [...lines, ...stored],
    soFar,
    rates: rates(billable.region, snapshotsGb),
  };
}

function wanted({ guest, names, mount, idle, hasSecond }: FlyDesired): Billable {
  return {
    guest,
    region: names.region,
    ...(hasSecond ? { second: { guest, region: names.region }, otherVolumesGb: [mount.sizeGb] } : {}),
    volumeGb: mount.sizeGb,
    dedicatedIpv4s: names.dedicatedIpv4 ? 1 : 0,
    awake: idle.autostop === 'off' ? neverAsleep : undefined,
  };
}

function toLine({ kind, ...item }: BillItem, billable: Billable, month: MonthParts | null): CostLine {
  const spent = month === null ? {} : { soFar: cents(month.spent[kind]) };
  return { ...item, explanation: explanation(kind, billable), ...spent };
}

function explanation(kind: BillItem['kind'], billable: Billable): string {
  const { guest, region, second, volumeGb, otherVolumesGb = [], dedicatedIpv4s } = billable;
  const volumesText = (gb: number): string => `${gb} GB at ${moneyText(volumePricePerGb)}, full or empty, used or not`;
  switch (kind) {
    case 'machine':
      return guest === null ? '' : machineText(guest, region);
    case 'second':
      return second === undefined ? '' : machineText(second.guest, second.region);
    case 'root':
    case 'secondRoot':
      return `${moneyText(stoppedRootPricePerGb)} a GB while it does not run; at most ${rootFileSystemGb} GB, for only what the image takes is billed`;
    case 'volume':
      return volumesText(volumeGb);
    case 'otherVolumes':
      return volumesText(sumGb(otherVolumesGb));
    case 'ipv4':
      return `${dedicatedIpv4s} at ${moneyText(dedicatedIpv4Price)}`;
  }
}

function machineText(guest: Guest, region: string): string {
  const parts = machineParts(guest, region);
  if (parts === null) return '';
  const cpus = `${guest.cpus} ${guest.cpuKind} ${guest.cpus === 1 ? 'CPU' : 'CPUs'} with ${memoryText(parts.includedMb)} ${moneyText(parts.cpus)}`;
  const memory = parts.extraGb === 0 ? '' : `, ${parts.extraGb} GB more memory ${moneyText(parts.extraMemory)}`;
  const factor = parts.factor === 1 ? '' : ` (the base price times ${parts.factor.toFixed(3)} in ${region})`;
  return `${cpus}${memory}${factor}`;
}

/** Nothing while they are within what is free. */
function snapshotItem(storedGb: number | null): CostLine[] {
  const monthly = snapshotsMonthly(storedGb ?? 0);
  if (monthly === 0 || storedGb === null) return [];
  const explained = `${moneyText(snapshotPricePerGb)} a GB beyond the ${freeSnapshotGb} GB that are free`;
  return [{ title: `snapshots, ${storedGb} GB stored`, monthly, explanation: explained }];
}

function rates(region: string, snapshotsGb: number | null): CostRate[] {
  const stored = snapshotsGb === null ? '' : `; ${snapshotsGb} GB are stored now`;
  return [
    { title: `outbound data from ${region}`, price: egressPerGb(region), unit: 'GB', note: 'what comes in is free' },
    {
      title: 'snapshots',
      price: snapshotPricePerGb,
      unit: 'GB and month',
      note: `the first ${freeSnapshotGb} GB of an organization are free${stored}`,
    },
  ];
}
