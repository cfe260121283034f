import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rig, Subject } from './subject.js';

/** Where cases run: a rig and a state directory, made when the first of them asks and removed at the end. */
export interface Place {
  /** The rig, which is set up unless it is there already. */
  open(subject: Subject): Promise<{ rig: Rig; stateDir: string }>;
  /** Ends what `open` has begun; the next `open` begins anew. Nothing to do is a success. */
  close(): Promise<void>;
}

export function createPlace(): Place {
  let directory: string | null = null;
  let rig: Rig | null = null;
  return {
    async open(subject) {
      directory ??= await mkdtemp(join(tmpdir(), 'sindri-conformance-'));
      rig ??= await subject.setup();
      return { rig, stateDir: rig.stateDir ?? directory };
    },
    async close() {
      const [former, left] = [rig, directory];
      rig = null;
      directory = null;
      try {
        await former?.teardown?.();
      } finally {
        if (left !== null) await rm(left, { recursive: true, force: true });
      }
    },
  };
}
