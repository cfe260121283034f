import type { PlanNote } from '@sindri/core';
import { resourceIds, type BuilderData } from '../../model.js';
import { builderSize, type DesiredBuild } from '../desired/build.js';
import type { FlyDesired } from '../desired/desired.js';
import { guestText } from '../hardware/guest.js';
import type { ObservedEnvironment } from '../observed/open-observation.js';
import { cents, machineMonthly, volumeMonthly } from '../prices/cost.js';
import { secondsPerMonth } from '../prices/price-book.js';
import { change, created, ids, type FlyChange } from './change.js';
import { refuseUnobserved } from './refusals.js';

export interface BuildPlan {
  changes: FlyChange[];
  notes: PlanNote[];
}

/** A machine of one of these is over, or never was. */
const ENDED = new Set(['stopped', 'suspended', 'failed', 'launch_failed', 'destroying', 'destroyed']);
const TYPICAL_SECONDS = 900;

/**
 * Builds the image that the config wants from source, unless it is there, and removes what earlier builds have left. A build of this very
 * image that is under way, in another run or since one was killed, is waited for instead of begun again. Throws `PLAN_UNOBSERVED`.
 */
export function planBuild(desired: FlyDesired, observed: ObservedEnvironment, after: readonly string[]): BuildPlan {
  const { build } = desired;
  if (build !== null) refuseUnobserved(`the image ${build.reference}`, { image: observed.image });
  const needed = build !== null && observed.image.status === 'absent' ? build : null;
  const running = needed === null ? null : runningBuilder(needed, observed);
  const clean = cleanUp(observed, running);
  if (needed === null) return { changes: clean, notes: [] };
  return {
    changes: [...clean, buildImage(desired, needed, running, [...after, ...ids(clean)])],
    notes: [costNote(desired)],
  };
}

/** Everything that is left of builds, `except` for one that goes on. */
export function cleanUp({ facts }: ObservedEnvironment, except: BuilderData | null = null): FlyChange[] {
  const machines = facts.builders.filter(({ id, state }) => id !== except?.id && !GONE.has(state));
  const volumes = facts.buildVolumes.filter(
    ({ attachedMachineId }) => attachedMachineId === null || attachedMachineId !== except?.id,
  );
  if (machines.length === 0 && volumes.length === 0) return [];
  const what = [
    ...machines.map(({ name, id }) => `builder machine ${name} (${id})`),
    ...volumes.map(({ id, sizeGb }) => `its volume ${id} (${sizeGb} GB)`),
  ];
  return [
    change({
      id: 'build:clean',
      action: 'delete',
      resource: { type: 'build', name: 'left over' },
      title: `delete what an earlier build has left: ${what.join(', ')}`,
      payload: {
        kind: 'build.clean',
        machines: machines.map(({ id, name }) => ({ id, name })),
        volumes: volumes.map(({ id }) => id),
      },
      differences: [...machines, ...volumes].map(({ id }) => ({ field: 'build', from: id, to: null })),
      impact: ['in-place'],
    }),
  ];
}

const GONE = new Set(['destroying', 'destroyed']);

function runningBuilder(build: DesiredBuild, { facts, observedAtMs }: ObservedEnvironment): BuilderData | null {
  const name = builderName(build);
  const found = facts.builders.find((builder) => builder.name === name && !ENDED.has(builder.state));
  if (found === undefined) return null;
  const ageMs = observedAtMs - Date.parse(found.createdAt ?? '');
  // One that has not ended by its own limit never will.
  return ageMs > builderSize.limitSeconds * 1_000 ? null : found;
}

/** Equal for equal images, so that two who build the same find each other. */
function builderName({ source, distro }: DesiredBuild): string {
  const commit = source.resolved?.commit.slice(0, 12) ?? '';
  return `sindri-build-${commit}${distro === null ? '' : `-${distro}`}`;
}

function buildImage(
  { names }: FlyDesired,
  build: DesiredBuild,
  running: BuilderData | null,
  after: readonly string[],
): FlyChange {
  const { repository, dockerfile, resolved } = build.source;
  const { tag = '', commit = '', isPrivate = false } = resolved ?? {};
  return change({
    id: `${resourceIds.image(tag)}:build`,
    action: 'prepare',
    resource: { type: 'image', name: tag },
    title:
      running === null
        ? `build image ${build.reference} on a machine of its own`
        : `wait for machine ${running.name}, which is building image ${build.reference}`,
    payload: {
      kind: 'image.build',
      reference: build.reference,
      repository,
      commit,
      dockerfile,
      distro: build.distro,
      isPrivate,
      region: names.region,
      builder: builderName(build),
    },
    differences: created({
      source: repository,
      commit,
      dockerfile,
      builder: guestText(builderSize.guest),
      region: names.region,
    }),
    impact: ['in-place', 'paid'],
    after,
  });
}

function costNote({ names: { region } }: FlyDesired): PlanNote {
  const { guest, volumeGb, limitSeconds } = builderSize;
  const machine = machineMonthly(guest, region);
  const costs = (seconds: number): string =>
    `$${cents((((machine ?? 0) + volumeMonthly(volumeGb)) * seconds) / secondsPerMonth).toFixed(2)}`;
  const price =
    machine === null
      ? ''
      : `: about ${costs(TYPICAL_SECONDS)} for a quarter of an hour, at most ${costs(limitSeconds)} for the hour after which it ends by itself`;
  return {
    level: 'info',
    code: 'FLY_BUILD',
    message:
      `The image is built on a machine of its own, ${guestText(guest)} with a volume of ${volumeGb} GB in ${region}${price}. ` +
      'Machine and volume are deleted afterwards.',
  };
}
