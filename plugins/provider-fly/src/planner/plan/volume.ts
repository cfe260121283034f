import type { PlanNote } from '@sindri/core';
import { resourceIds, type VolumeData } from '../../model.js';
import { cents, volumeMonthly } from '../prices/cost.js';
import type { FlyDesired } from '../desired/desired.js';
import { toWireGuest } from '../hardware/guest.js';
import { change, created, type FlyChange } from './change.js';
import { hasLostHost } from '../observed/machine-life.js';

export interface VolumeRequest {
  desired: FlyDesired;
  present: VolumeData | null;
  /** There is a machine of ours, or it is not known that there is none. */
  hasMachine: boolean;
  after: readonly (string | undefined)[];
}

export interface VolumePlan {
  changes: FlyChange[];
  notes: PlanNote[];
  /** The size afterwards, in GB. */
  sizeGb: number;
}

/** Makes the volume, or lets it grow. It is never shrunk, moved or replaced. */
export function planVolume(request: VolumeRequest): VolumePlan {
  const { desired, present } = request;
  if (present === null) {
    return { changes: [createVolume(request)], notes: [], sizeGb: desired.mount.sizeGb };
  }
  return {
    changes: [...growth(present, desired), ...settings(present, desired)],
    notes: volumeNotes(request, present),
    sizeGb: Math.max(present.sizeGb, desired.mount.sizeGb),
  };
}

function createVolume({ desired, after }: VolumeRequest): FlyChange {
  const { names, mount, guest, image, isSecond } = desired;
  return change({
    id: `${resourceIds.volume(mount.volume)}:create`,
    action: 'create',
    resource: { type: 'volume', name: mount.volume },
    title: `create volume ${mount.volume}, ${mount.sizeGb} GB in ${names.region}${isSecond ? ', on another host' : ''}`,
    payload: {
      kind: 'volume.create',
      name: mount.volume,
      region: names.region,
      sizeGb: mount.sizeGb,
      snapshotRetention: mount.snapshotRetention,
      compute: toWireGuest(guest),
      computeImage: image.reference,
      ...(isSecond ? { apart: true } : {}),
    },
    differences: created({
      size_gb: mount.sizeGb,
      region: names.region,
      encrypted: true,
      snapshot_retention: mount.snapshotRetention,
    }),
    impact: ['in-place'],
    monthlyCostDelta: volumeMonthly(mount.sizeGb),
    after,
  });
}

function growth(present: VolumeData, { mount }: FlyDesired): FlyChange[] {
  return present.sizeGb >= mount.sizeGb ? [] : [extendVolume(present, mount.sizeGb)];
}

/** Grows a volume; for a deploy, and for whoever asks for nothing else. */
export function extendVolume(present: VolumeData, sizeGb: number): FlyChange {
  return change({
    id: `${resourceIds.volume(present.name)}:extend`,
    action: 'update',
    resource: { type: 'volume', name: present.name },
    title: `extend volume ${present.name} from ${present.sizeGb} GB to ${sizeGb} GB`,
    payload: { kind: 'volume.extend', volumeId: present.id, sizeGb },
    differences: [{ field: 'size_gb', from: present.sizeGb, to: sizeGb }],
    impact: ['in-place'],
    monthlyCostDelta: cents(volumeMonthly(sizeGb) - volumeMonthly(present.sizeGb)),
  });
}

function settings(present: VolumeData, { mount }: FlyDesired): FlyChange[] {
  if (present.snapshotRetention === null || present.snapshotRetention === mount.snapshotRetention) return [];
  return [
    change({
      id: `${resourceIds.volume(mount.volume)}:update`,
      action: 'update',
      resource: { type: 'volume', name: mount.volume },
      title: `keep snapshots of volume ${mount.volume} for ${mount.snapshotRetention} days`,
      payload: { kind: 'volume.update', volumeId: present.id, snapshotRetention: mount.snapshotRetention },
      differences: [{ field: 'snapshot_retention', from: present.snapshotRetention, to: mount.snapshotRetention }],
      impact: ['in-place'],
      // Both are writes to one volume; Fly takes one at a time.
      after: present.sizeGb < mount.sizeGb ? [`${resourceIds.volume(mount.volume)}:extend`] : [],
    }),
  ];
}

/** A day and no age: a plan knows no clock, and the same world gives the same plan tomorrow. */
function madeOn({ createdAt }: VolumeData): string {
  return createdAt === null || createdAt === '' ? '' : `, made on ${createdAt.slice(0, 10)}`;
}

function volumeNotes({ desired, hasMachine }: VolumeRequest, present: VolumeData): PlanNote[] {
  const notes: PlanNote[] = [];
  const wanted = desired.mount.sizeGb;
  if (!hasMachine) {
    notes.push({
      level: 'info',
      code: 'FLY_VOLUME_REUSED',
      message:
        `Volume ${present.name} (${present.id}, ${present.sizeGb} GB in ${present.region}${madeOn(present)}) is there from ` +
        'before and is used again, with everything on it.',
    });
  }
  if (desired.mount.sizeIsAsked && present.sizeGb > wanted) {
    notes.push({
      level: 'warning',
      code: 'FLY_VOLUME_SHRINK',
      message:
        `Volume ${present.name} has ${present.sizeGb} GB, the config asks for ${wanted} GB. Fly volumes cannot shrink ` +
        '(and grow by themselves when they fill up), so it keeps its size.',
    });
  }
  if (present.others.length > 0) {
    const list = present.others.map(({ id, region, sizeGb }) => `${id} (${sizeGb} GB in ${region})`).join(', ');
    notes.push({
      level: 'warning',
      code: 'FLY_VOLUME_OTHERS',
      message: `The app has more volumes called ${present.name}: ${list}. ${present.id} is used, the others are left alone and billed.`,
    });
  }
  if (hasLostHost(present)) {
    notes.push({
      level: 'warning',
      code: 'FLY_HOST_UNREACHABLE',
      message: `The host of volume ${present.id} is ${present.hostStatus}; Fly is usually at work on it.`,
    });
  }
  return notes;
}
