import type { PlanNote } from '@sindri/core';
import { metadataKeys, resourceIds, type MachineData, type VolumeData } from '../../model.js';
import { desiredSecond, type FlyDesired } from '../desired/desired.js';
import { fromWireGuest } from '../hardware/guest.js';
import { namesakes } from '../observed/evidence.js';
import { isDying, isRunning } from '../observed/machine-life.js';
import { dataOf, type ObservedEnvironment } from '../observed/open-observation.js';
import { machineMonthly, volumeMonthly, type Billable } from '../prices/cost.js';
import { monthlyText } from '../prices/price-text.js';
import { notedStaged } from '../secrets/secret-states.js';
import { change, ids, type FlyChange } from './change.js';
import { machineNotes } from './deploy-notes.js';
import { planMachine, type MachineRequest } from './machine.js';
import { refuseImpossible, refuseUnobserved } from './refusals.js';
import { retireReplaced } from './replaced.js';
import { planVolume } from './volume.js';

export interface SecondRequest extends Pick<MachineRequest, 'secretNames' | 'remembered' | 'secretsChange'> {
  desired: FlyDesired;
  observed: ObservedEnvironment;
  /** The first one, unless it is on its way out or about to be made. */
  first: MachineData | null;
  /** Everything that is done for the first one. */
  after: readonly string[];
}

/** What becomes of the second machine and its volume. */
export interface SecondPlan {
  changes: FlyChange[];
  notes: PlanNote[];
  /** What is billed of it afterwards, with volumes of its volume's name. */
  bill: { second?: NonNullable<Billable['second']>; volumesGb: number[] };
}

/**
 * The second machine and its volume: made, brought up to date once the first one is, or, where the config asks for none any more, the
 * machine deleted. Its volume stays then: no deploy deletes files. Throws as a deploy does.
 */
export function planSecond(request: SecondRequest): SecondPlan {
  const { desired, observed } = request;
  const machine = livingSecond(observed);
  const volume = dataOf(observed.second.volume);
  if (!desired.hasSecond) return withoutSecond(machine, volume, desired, request.after);
  const second = desiredSecond(desired, volume);
  refuseImpossible({
    desired: second,
    app: dataOf(observed.app),
    volume,
    volumeIsKnown: observed.second.volume.status !== 'unobserved',
    machine,
    facts: observed.facts,
  });
  const volumePlan =
    observed.second.volume.status === 'unobserved'
      ? null
      : planVolume({
          desired: second,
          present: volume,
          hasMachine: observed.second.machine.status !== 'absent',
          after: request.after,
        });
  const volumeChanges = volumePlan?.changes ?? [];
  const machineChanges = planMachine({
    ...request,
    desired: second,
    present: machine === null ? null : { data: machine, owned: true },
    secretsChange: request.secretsChange || (machine !== null && lagsBehind(machine, request.first)),
    after: [...request.after, ...ids(volumeChanges)],
  }).map((one) => withMemory(one, request.remembered));
  if (machineChanges.length > 0) {
    refuseUnobserved(`machine ${second.names.machines[0]}`, { volume: observed.second.volume });
  }
  const retired = retireReplaced(second, observed, machine, [...request.after, ...ids(machineChanges)]);
  return {
    changes: [...volumeChanges, ...machineChanges, ...retired],
    notes: [
      ...(machine === null ? [twoHomes(second)] : machineNotes({ machine, machineChanges })),
      ...(second.names.region === desired.names.region ? [] : [elsewhere(second, desired.names.region)]),
      ...(volumePlan?.notes ?? []),
    ],
    bill: {
      second: { guest: second.guest, region: second.names.region },
      volumesGb: [...(volumePlan === null ? [] : [volumePlan.sizeGb]), ...sizesOf(volume).slice(1)],
    },
  };
}

function sizesOf(volume: VolumeData | null): number[] {
  return namesakes(volume).map(({ sizeGb }) => sizeGb);
}

/** The second machine, unless there is none or it is just being destroyed. */
export function livingSecond({ second }: Pick<ObservedEnvironment, 'second'>): MachineData | null {
  const machine = dataOf(second.machine);
  return machine === null || isDying(machine) ? null : machine;
}

/**
 * Whether a machine has other secrets than the first one: the run that brought them was cut short between the two. Where the first one
 * has noted secrets that it does not have yet, its marks say nothing.
 */
export function lagsBehind({ metadata }: MachineData, first: MachineData | null): boolean {
  if (first === null) return false;
  const { set, removed } = notedStaged(first.metadata);
  if (set.length + removed.size > 0) return false;
  const { secretsHash, secretsDigest, tokenExpires } = metadataKeys;
  return [secretsHash, secretsDigest, tokenExpires].some((key) => metadata[key] !== first.metadata[key]);
}

/** An update brings the secrets that the first machine has, and with them what that one remembers of them. */
function withMemory(one: FlyChange, remembered: Readonly<Record<string, string>>): FlyChange {
  const { payload } = one;
  if (payload.kind !== 'machine.update') return one;
  const metadata = { ...(payload.config['metadata'] as Record<string, string>), ...remembered };
  return { ...one, payload: { ...payload, config: { ...payload.config, metadata } } };
}

/** Told when the second machine is made, and not on every plan. */
function twoHomes({ names }: FlyDesired): PlanNote {
  const [name = ''] = names.machines;
  return {
    level: 'warning',
    code: 'FLY_TWO_HOMES',
    message:
      `The second machine ${name} has a home of its own, on volume ${names.volume} on another host. Nothing copies files between the two: ` +
      'what is written in one home is not in the other, and each has its own snapshots. Keep what you need on both in git, or copy it with ' +
      `\`sindri cp\`. \`--instance ${name}\` reaches the second; without it Sindri takes the first that runs, and an SSH client that ` +
      'dials the address of the app may get either.',
  };
}

/** It is where its volume is, and no deploy moves a volume. */
function elsewhere({ names }: FlyDesired, wanted: string): PlanNote {
  const [name = ''] = names.machines;
  return {
    level: 'warning',
    code: 'FLY_SECOND_ELSEWHERE',
    message:
      `The second machine ${name} is in ${names.region}, where its volume ${names.volume} is, and the config asks for ${wanted}. To move it, ` +
      `take a snapshot, \`sindri volume snapshot --volume ${names.volume}\`, and restore that: \`sindri volume restore ID\` puts it there.`,
  };
}

function withoutSecond(
  machine: MachineData | null,
  volume: VolumeData | null,
  { names }: FlyDesired,
  after: readonly string[],
): SecondPlan {
  const bill = { volumesGb: sizesOf(volume) };
  if (machine === null) return { changes: [], notes: [], bill };
  const kept =
    volume === null
      ? ''
      : ` Its volume ${volume.name} (${volume.id}, ${volume.sizeGb} GB in ${volume.region}) stays with everything on it, for ` +
        `${monthlyText(volumeMonthly(volume.sizeGb))}: \`sindri volume delete ${volume.name}\` deletes it, \`highAvailability: true\` uses it again.`;
  const note: PlanNote = {
    level: 'info',
    code: 'FLY_SECOND_REMOVED',
    message: `The config asks for one machine, so ${machine.name} is deleted.${kept}`,
  };
  return { changes: [deleteSecond(names.second.machine, machine, after)], notes: [note], bill };
}

function deleteSecond(name: string, machine: MachineData, after: readonly string[]): FlyChange {
  const guest = fromWireGuest(machine.config?.['guest']);
  const monthly = guest === null ? null : machineMonthly(guest, machine.region);
  return change({
    id: `${resourceIds.machine(name)}:delete`,
    action: 'delete',
    resource: { type: 'machine', name },
    title: `delete machine ${machine.name}${isRunning(machine) ? ', which is running' : ''}, whose volume stays`,
    payload: { kind: 'machine.delete', machineId: machine.id, name: machine.name },
    differences: [{ field: 'machine', from: machine.id, to: null, why: 'highAvailability is off' }],
    impact: isRunning(machine) ? ['restart'] : ['in-place'],
    monthlyCostDelta: monthly === null ? null : -monthly,
    after,
  });
}
