import type { JsonObject } from '@sindri/core';

/** `Change.payload` by what the change does. */
export type ChangePayload =
  | { kind: 'identity.create' }
  | { kind: 'app.create'; name: string; organization: string }
  /** Marks an app that others made. */
  | { kind: 'app.adopt'; name: string }
  | { kind: 'app.delete'; name: string }
  | { kind: 'ip.create'; type: 'v4' | 'v6' | 'shared_v4' }
  /** `withApp`: it costs nothing by itself, and the app goes in the same plan. */
  | { kind: 'ip.delete'; ip: string; withApp?: boolean }
  | {
      kind: 'secrets.set';
      /** Names whose values come from `ApplyContext.secrets`. */
      set: string[];
      unset: string[];
      /** Also mark the app as ours, see `markSecret`. */
      mark: boolean;
      /** Make AUTHORIZED_KEYS of these public keys, plus the identity of this user; `null` = it is not made here. */
      authorizedKeys: { keys: string[]; addIdentity: boolean } | null;
      /** Mint a token for this app alone and set it as `tokenSecret`. */
      mintToken?: { days: number };
      /** Note at this machine what it lacks: all of it when it `isStaged`; else what is removed, lest a run is cut short before its update. */
      noted?: { machineId: string; name: string; isStaged: boolean };
    }
  | {
      kind: 'image.build';
      /** `registry.fly.io/my-app:sindri-3.1.3-0123456789ab`. */
      reference: string;
      repository: string;
      commit: string;
      dockerfile: string;
      /** The base of the image, where it is not the usual one. */
      distro: string | null;
      /** The repository wants a token. */
      isPrivate: boolean;
      region: string;
      /** The name of the machine that builds it: only one can have it. */
      builder: string;
    }
  | {
      /** Removes what was only there for a build. */
      kind: 'build.clean';
      machines: { id: string; name: string }[];
      volumes: string[];
    }
  | ({ kind: 'volume.create' } & NewVolume)
  | ({
      /** Like `volume.create`, with what a snapshot holds. */
      kind: 'volume.restore';
      snapshotId: string;
      /** No machine takes it over in this plan. */
      alone: boolean;
    } & NewVolume)
  | { kind: 'volume.extend'; volumeId: string; sizeGb: number }
  | { kind: 'volume.update'; volumeId: string; snapshotRetention: number }
  | { kind: 'volume.delete'; volumeId: string; name: string }
  | { kind: 'snapshot.create'; volumeId: string; name: string }
  | {
      kind: 'machine.create';
      name: string;
      region: string;
      /** Complete, except for what `apply` fills in with `completeMachineConfig`: volume, launch id, secrets hashes. */
      config: JsonObject;
      volumeName: string | null;
    }
  | {
      kind: 'machine.update';
      machineId: string;
      name: string;
      /** The version that the plan was made for; a newer one on the platform makes the plan stale. */
      instanceId: string;
      /** Complete: the live config with our fields replaced; `completeMachineConfig` restores withheld values and marks. */
      config: JsonObject;
      /** One that sleeps goes on sleeping: nobody waits for it. */
      staysAsleep?: boolean;
    }
  | {
      /** A machine like another one, with the restored volume. The other one stays until `machine.retire`. */
      kind: 'machine.replace';
      machineId: string;
      /** The new one's. */
      name: string;
      /** The version that the plan was made for. */
      instanceId: string;
      region: string;
      /** Complete, as in `machine.create`. */
      config: JsonObject;
      /** The host of the old one does not answer: its config is not known, and this one comes from the spec. */
      fromSpec: boolean;
      /** It stays stopped, as the old one is. */
      asleep: boolean;
    }
  | {
      /** Deletes a machine whose place another has taken, and waits until that one is usable. */
      kind: 'machine.retire';
      machineId: string;
      name: string;
      /** `null` = the one that this plan makes. */
      successorId: string | null;
      /** The successor is to run. */
      starts: boolean;
    }
  | { kind: 'machine.metadata'; machineId: string; name: string; metadata: Record<string, string> }
  | { kind: 'machine.start'; machineId: string; name: string }
  | {
      kind: 'machine.delete';
      machineId: string;
      name: string;
      /** Nothing of it stays: there is no volume that what it has in memory should reach. */
      atOnce?: boolean;
    }
  | {
      kind: 'key.admit';
      machineId: string;
      name: string;
      publicKey: string;
      comment: string;
      /** Also for the next start: not where AUTHORIZED_KEYS comes from the config. */
      lasting: boolean;
      /** Another machine that runs, and gets it now as well. */
      second?: { machineId: string; name: string };
    }
  | {
      kind: 'key.remove';
      machineId: string;
      name: string;
      fingerprint: string;
      lasting: boolean;
      /** Another machine that runs, and loses it as well. */
      second?: { machineId: string; name: string };
    };

/** A volume that is to be made. */
export type NewVolume = {
  name: string;
  region: string;
  sizeGb: number;
  snapshotRetention: number;
  /** Placement hints: the guest and image that the host must be able to run. */
  compute: JsonObject;
  computeImage: string;
  /** On another host than every other volume of the app. */
  apart?: boolean;
};
