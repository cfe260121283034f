import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@sindri/core';
import type { Rig, Subject } from './subject.js';

/** A rig that has been set up, and what is known of it. */
export interface OpenPlace {
  rig: Rig;
  stateDir: string;
  /** What was seen of the environment before the first deploy in this rig; absent as long as nobody has looked. */
  untouched?: Observation;
}

/** Where cases run: a rig and a state directory, made when the first of them asks and removed at the end. */
export interface Place {
  /** The rig, which is set up unless it is there already. */
  open(subject: Subject): Promise<OpenPlace>;
  /** Ends what `open` has begun; the next `open` begins anew. Nothing to do is a success. */
  close(): Promise<void>;
}

export function createPlace(): Place {
  let directory: string | null = null;
  let rig: Rig | null = null;
  let opened: OpenPlace | null = null;
  return {
    async open(subject) {
      directory ??= await mkdtemp(join(tmpdir(), 'sindri-conformance-'));
      rig ??= await subject.setup();
      opened ??= { rig, stateDir: rig.stateDir ?? directory };
      return opened;
    },
    async close() {
      const [former, left] = [rig, directory];
      rig = null;
      directory = null;
      opened = null;
      try {
        await former?.teardown?.();
      } finally {
        if (left !== null) await rm(left, { recursive: true, force: true });
      }
    },
  };
}
