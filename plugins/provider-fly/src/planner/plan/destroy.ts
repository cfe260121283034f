import { type PlanNote, type ProviderPlan } from '@sindri/core';
import { markSecret, metadataKeys, resourceIds, type ChangePayload } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { cents, costOf, machineMonthly, sumGb, volumeMonthly } from '../prices/cost.js';
import { fromWireGuest } from '../hardware/guest.js';
import { hasMark, namesakes } from '../observed/evidence.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { dedicatedIpv4Price } from '../prices/price-book.js';
import { monthlyText } from '../prices/price-text.js';
import { listAnd } from '../words.js';
import { ownSecretNames } from '../secrets/secret-names.js';
import { cleanUp } from './build.js';
import { change, ids, type FlyChange } from './change.js';
import { markDifference, refuseOthersApp } from './ownership.js';
import { refuseUnobserved } from './refusals.js';
import { flyError } from '../../fly-error.js';

export interface DestroyRequest {
  desired: FlyDesired;
  /** Resource types that stay. */
  keep: readonly string[];
  /** What others made under the names of this environment goes, too. */
  adopt: boolean;
}

/**
 * Takes the environment down: machine, then volume, addresses and app. What is not shown to be ours is never deleted, nor the
 * app around it; `keep: ['volume']` keeps volume and app.
 */
export function planDestroy(
  { desired, keep, adopt }: DestroyRequest,
  seen: ObservedEnvironment,
): ProviderPlan<ChangePayload> {
  const observed = adopt ? withMachineAsOurs(seen) : seen;
  const { names } = desired;
  refuseToKeep(keep.filter((type) => !KEEPABLE.includes(type)));
  if (observed.app.status === 'absent') return { changes: [], notes: [], cost: costOf(nothingBilled(names.region)) };
  refuseUnobserved(`destroying ${names.app}`, {
    app: observed.app,
    machine: observed.machine,
    volume: observed.volume,
    'second machine': observed.second.machine,
    'volume of the second machine': observed.second.volume,
  });
  if (!adopt) refuseOthersApp(names.app, observed, 'destroy');

  const keepsVolume = keep.includes('volume');
  const keepsApp = keep.includes('app');
  const strangers = findStrangers(observed);
  const builds = cleanUp(observed);
  const machine = [
    ...planMachine(observed.machine, names.machines[0] as string),
    ...planMachine(observed.second.machine, names.second.machine),
    ...planReplaced(observed, names.machines[0] as string),
  ];
  const volumes = keepsVolume ? [] : planVolumes(observed, ids(machine));
  const machines = machine.map((one) => atOnceIfNothingStays(one, observed, volumes));
  const keptVolumes = keepsVolume ? allVolumes(observed) : [];
  const appStays = strangers.length > 0 || keptVolumes.length > 0 || keepsApp;
  // While strangers live in the app they may use its addresses and secrets.
  const ips = strangers.length > 0 ? [] : planAddresses(observed, names.app, !appStays);
  const secrets =
    strangers.length > 0 || !(keepsVolume || keepsApp)
      ? []
      : planSecretRemoval({ desired, observed, mark: appStays, after: ids(machines) });
  const secretsInApp = (dataOf(observed.secrets)?.items ?? []).map(({ name }) => name);
  const app = appStays
    ? []
    : [
        change({
          id: `${resourceIds.app}:delete`,
          action: 'delete',
          resource: { type: 'app', name: names.app },
          title: `delete app ${names.app}${secretsInApp.length === 0 ? '' : `, with ${secretsText(secretsInApp)}`}`,
          payload: { kind: 'app.delete', name: names.app },
          differences: [
            { field: 'app', from: names.app, to: null },
            ...secretsInApp.map((name) => ({ field: `secrets.${name}`, from: 'set', to: null })),
          ],
          impact: [],
          after: ids([...machines, ...builds, ...volumes, ...ips]),
        }),
      ];
  const changes = [...machines, ...builds, ...volumes, ...ips, ...secrets, ...app];
  const [volumeGb = 0, ...otherVolumesGb] = keptVolumes.map(({ sizeGb }) => sizeGb);
  return {
    changes,
    notes: destroyNotes(names.app, observed, changes, strangers),
    cost: costOf({ ...nothingBilled(names.region), volumeGb, otherVolumesGb }),
  };
}

/** What may be kept; everything else is of no use without the rest. */
const KEEPABLE = ['volume', 'app'];

function refuseToKeep(types: readonly string[]): void {
  if (types.length === 0) return;
  throw flyError({
    code: 'FLY_KEEP_UNSUPPORTED',
    kind: 'usage',
    message: `A destroy on Fly.io cannot keep ${types.join(', ')}.`,
    hint: `It can keep ${KEEPABLE.join(' and ')}.`,
    details: { unsupported: [...types], supported: KEEPABLE },
  });
}

/** Somebody has said in so many words that the machine under our names goes, whoever made it. */
function withMachineAsOurs(observed: ObservedEnvironment): ObservedEnvironment {
  const { machine } = observed;
  return machine.status === 'present' ? { ...observed, machine: { ...machine, owned: true } } : observed;
}

function nothingBilled(region: string): Parameters<typeof costOf>[0] {
  return { guest: null, region, volumeGb: 0, dedicatedIpv4s: 0 };
}

/** Everything in the app that is not ours, in words. Deleting the app would take it along. */
function findStrangers(observed: ObservedEnvironment): string[] {
  const strangersVolumes = allVolumes(observed).filter((volume) => isAttachedToStranger(volume, observed));
  return [
    ...strangeMachines(observed).map(({ name, id }) => `machine ${name} (${id})`),
    ...[...observed.facts.foreignVolumes, ...strangersVolumes].map(
      ({ name, id, sizeGb }) => `volume ${name} (${id}, ${sizeGb} GB)`,
    ),
  ];
}

/** Machines without our mark, one that a deploy could take over included. */
function strangeMachines({ machine, facts }: ObservedEnvironment): { id: string; name: string }[] {
  return [...(machine.status === 'present' && !machine.owned ? [machine.data] : []), ...facts.foreignMachines];
}

type AnyVolume = ReturnType<typeof namesakes>[number];

/** All volumes of our names, ours first. */
function allVolumes({ volume, second }: ObservedEnvironment): AnyVolume[] {
  return [...namesakes(dataOf(volume)), ...namesakes(dataOf(second.volume))];
}

/** A volume may also name a machine that is gone: then it is nobody's but ours. */
function isAttachedToStranger({ attachedMachineId }: AnyVolume, observed: ObservedEnvironment): boolean {
  return strangeMachines(observed).some(({ id }) => id === attachedMachineId);
}

function planMachine(machine: ObservedEnvironment['machine'], name: string): FlyChange[] {
  if (machine.status !== 'present' || !machine.owned) return [];
  const { data } = machine;
  const guest = fromWireGuest(data.config?.['guest']);
  const monthly = guest === null ? null : machineMonthly(guest, data.region);
  return [
    change({
      id: `${resourceIds.machine(name)}:delete`,
      action: 'delete',
      resource: { type: 'machine', name },
      title: `delete machine ${data.name}${data.state === 'started' ? ', which is running' : ''}`,
      payload: { kind: 'machine.delete', machineId: data.id, name: data.name },
      differences: [{ field: 'machine', from: data.id, to: null }],
      impact: [],
      monthlyCostDelta: monthly === null ? null : -monthly,
    }),
  ];
}

/** What a restore that was cut short has left. */
function planReplaced({ facts }: ObservedEnvironment, wanted: string): FlyChange[] {
  return facts.replaced
    .filter(({ state }) => state !== 'destroying')
    .map(({ id, name }) =>
      change({
        id: `${resourceIds.machine(wanted)}:${id}:delete`,
        action: 'delete',
        resource: { type: 'machine', name: wanted },
        title: `delete machine ${name}`,
        payload: { kind: 'machine.delete', machineId: id, name },
        differences: [{ field: 'machine', from: id, to: null }],
        impact: [],
      }),
    );
}

/** A machine whose every volume goes too has nothing left to write: it need not be stopped before. */
function atOnceIfNothingStays(
  one: FlyChange,
  { machine, second }: ObservedEnvironment,
  volumes: readonly FlyChange[],
): FlyChange {
  const { payload } = one;
  if (payload.kind !== 'machine.delete') return one;
  const seen = [machine, second.machine].map(dataOf).find((data) => data?.id === payload.machineId);
  const config = seen?.config ?? null;
  if (config === null) return one;
  const doomed = new Set(volumes.map((each) => (each.payload.kind === 'volume.delete' ? each.payload.volumeId : null)));
  const mounts = Array.isArray(config['mounts']) ? (config['mounts'] as { volume?: string }[]) : [];
  const goes = mounts.every((mount) => doomed.has(mount.volume ?? ''));
  return goes ? { ...one, payload: { ...payload, atOnce: true } } : one;
}

function planVolumes(observed: ObservedEnvironment, after: string[]): FlyChange[] {
  const own = [observed.volume, observed.second.volume].map((volume) => dataOf(volume)?.id);
  return allVolumes(observed)
    .filter((volume) => !isAttachedToStranger(volume, observed))
    .map(({ id, name, region, sizeGb }) =>
      change({
        id: own.includes(id) ? `${resourceIds.volume(name)}:delete` : `${resourceIds.volume(name)}:${id}:delete`,
        action: 'delete',
        resource: { type: 'volume', name },
        title: `delete ${volumeText({ name, sizeGb, region })}, with its snapshots`,
        payload: { kind: 'volume.delete', volumeId: id, name },
        differences: [{ field: 'volume', from: id, to: null }],
        impact: ['data-loss'],
        monthlyCostDelta: -volumeMonthly(sizeGb),
        after,
      }),
    );
}

function planAddresses({ ips }: ObservedEnvironment, app: string, appGoes: boolean): FlyChange[] {
  // Addresses go with their app in any case; what could not be read is no reason to keep it.
  return (dataOf(ips)?.items ?? []).map(({ ip, type }) =>
    change({
      id: `ips:${ip}:delete`,
      action: 'delete',
      resource: { type: 'ips', name: app },
      title: `release ${type === 'v4' ? 'dedicated IPv4' : type === 'shared_v4' ? 'shared IPv4' : 'IPv6'} ${ip}`,
      payload: { kind: 'ip.delete', ip, ...(appGoes && type !== 'v4' ? { withApp: true } : {}) },
      differences: [{ field: 'ip', from: ip, to: null }],
      impact: [],
      monthlyCostDelta: type === 'v4' ? -dedicatedIpv4Price : 0,
    }),
  );
}

/**
 * Only for an app that stays: its secrets would otherwise lie there without anybody to use them. The mark stays, or comes: without
 * a machine it is all that shows whose the volume is.
 */
function planSecretRemoval({
  desired: { names, secretNames },
  observed,
  mark: isNeeded,
  after,
}: {
  desired: FlyDesired;
  observed: ObservedEnvironment;
  mark: boolean;
  after: string[];
}): FlyChange[] {
  const recorded = dataOf(observed.machine)?.metadata[metadataKeys.secretNames] ?? '';
  const ours = new Set([...recorded.split(','), ...ownSecretNames(secretNames)]);
  const present = dataOf(observed.secrets)?.items ?? [];
  const unset = present.map(({ name }) => name).filter((name) => ours.has(name) && name !== markSecret);
  const mark = isNeeded && observed.secrets.status === 'present' && !hasMark(present);
  if (unset.length === 0 && !mark) return [];
  return [
    change({
      id: `${resourceIds.secrets}:unset`,
      action: 'delete',
      resource: { type: 'secrets', name: names.app },
      title: [
        ...(unset.length === 0 ? [] : [`unset ${secretsText(unset)}`]),
        ...(mark ? [`set secret ${markSecret}`] : []),
      ].join('; '),
      payload: { kind: 'secrets.set', set: [], unset, mark, authorizedKeys: null },
      differences: [
        ...unset.map((name) => ({ field: `secrets.${name}`, from: 'set', to: null })),
        ...(mark ? [markDifference] : []),
      ],
      impact: [],
      after,
    }),
  ];
}

/** `secret A`, `secrets A, B`. */
function secretsText(names: readonly string[]): string {
  return `${names.length === 1 ? 'secret' : 'secrets'} ${names.join(', ')}`;
}

/** The volumes that a plan deletes. */
function doomedVolumes(observed: ObservedEnvironment, changes: readonly FlyChange[]): AnyVolume[] {
  const doomed = new Set(changes.map(({ payload }) => (payload.kind === 'volume.delete' ? payload.volumeId : null)));
  return allVolumes(observed).filter(({ id }) => doomed.has(id));
}

function volumeText({ name, sizeGb, region }: Pick<AnyVolume, 'name' | 'sizeGb' | 'region'>): string {
  return `volume ${name}, ${sizeGb} GB in ${region}`;
}

function destroyNotes(
  app: string,
  observed: ObservedEnvironment,
  changes: readonly FlyChange[],
  strangers: readonly string[],
): PlanNote[] {
  const { machine } = observed;
  const notes: PlanNote[] = [];
  const lost = doomedVolumes(observed, changes);
  const kept = lost.length > 0 ? [] : allVolumes(observed);
  if (lost.length > 0) {
    notes.push({
      level: 'warning',
      code: 'FLY_DATA_LOSS',
      message:
        `Gone for good: ${lost.map((volume) => `${volumeText(volume)}, with its snapshots`).join('; ')}. ` +
        'That is everything under the home directory. `--keep-volumes` keeps it.',
    });
  }
  if (strangers.length > 0) {
    notes.push({
      level: 'warning',
      code: 'FLY_APP_KEPT',
      message:
        `App ${app} stays, with its addresses and secrets, because it holds what Sindri did not make: ${strangers.join(', ')}.` +
        (machine.status === 'present' && !machine.owned
          ? ` \`sindri destroy --adopt\` also deletes machine ${machine.data.name}, with its volume.`
          : ''),
    });
  } else if (kept.length > 0) {
    const list = kept.map(({ name, sizeGb, region }) => `${name} (${sizeGb} GB in ${region})`);
    const cost = volumeMonthly(sumGb(kept.map(({ sizeGb }) => sizeGb)));
    notes.push({
      level: 'info',
      code: 'FLY_VOLUME_KEPT',
      message:
        `${kept.length === 1 ? 'Volume' : 'Volumes'} ${listAnd(list)} and app ${app} stay and cost ` +
        `${monthlyText(cost)}; the next \`sindri deploy\` uses them again.`,
    });
  }
  const saved = cents(changes.reduce((sum, { monthlyCostDelta }) => sum - (monthlyCostDelta ?? 0), 0));
  if (saved > 0) {
    notes.push({ level: 'info', code: 'FLY_SAVINGS', message: `Saves up to ${monthlyText(saved)}.` });
  }
  return notes;
}
