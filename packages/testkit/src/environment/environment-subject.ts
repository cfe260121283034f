import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Provider } from '@sindri/core';
import { createBench } from '../bench.js';
import { createConfigLoader } from '../config-loader.js';
import type { Rig, Subject } from '../subject.js';
import { removeEnvironment } from './remove-environment.js';
import { sampleConfigs } from './sample-configs.js';

/** How long the clean-up after one case may take. */
const CLEANUP_MS = 180_000;

/** Which environment to try a provider with. */
export interface EnvironmentSubjectOptions {
  /** Makes the provider under judgement. */
  create(): Provider;
  /** The variables with which the provider reaches the platform. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where each case gets a state directory of its own. Default: the directory for temporary files. */
  stateDir?: string;
  /** Default: the smallest `sindri.yaml` of this provider, and the same with other sizes. */
  configs?: Pick<Subject, 'config' | 'changedConfig'>;
  /** What else the platform can be tried with, see {@link Subject}. Without them the cases that need them are skipped. */
  facilities?: Pick<Subject, 'otherImage' | 'missingImage' | 'crashingConfig' | 'credentials'>;
  /** See {@link Rig.dialTarget}. Without it the cases that need one are skipped. */
  dialTarget?: Rig['dialTarget'];
  clock?: Clock;
  dispatcher?: object;
}

/**
 * A subject for a provider of which nothing is known but the way to its platform, which may be shared with others: each case
 * deploys an environment with a new name and destroys it. A case that cannot be cleaned up fails. There are no doors to look
 * behind the provider's back; the report says in notes what was looked at less closely for that.
 *
 * Rejects with `CONFIG_INVALID` when the provider accepts no config without options.
 */
export async function createEnvironmentSubject(options: EnvironmentSubjectOptions): Promise<Subject> {
  const { create, env, dialTarget, clock, dispatcher } = options;
  const loader = createConfigLoader();
  const configs = options.configs ?? (await sampleConfigs(create(), loader, env));

  const subject: Subject = {
    create,
    ...configs,
    ...options.facilities,
    ...(dialTarget === undefined ? { unknownPort: true } : {}),
    async setup() {
      const stateDir = await mkdtemp(join(options.stateDir ?? tmpdir(), 'sindri-conformance-'));
      const rig: Rig = {
        name: `conformance-${randomBytes(4).toString('hex')}`,
        env,
        stateDir,
        ...(dialTarget === undefined ? {} : { dialTarget }),
        ...(clock === undefined ? {} : { clock }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      };
      return { ...rig, teardown: () => tearDown(rig, stateDir) };
    },
  };
  return subject;

  async function tearDown(rig: Rig, stateDir: string): Promise<void> {
    // The signal of the case may be aborted; what it has made must go nevertheless.
    const signal = AbortSignal.timeout(CLEANUP_MS);
    try {
      await removeEnvironment(
        await createBench({ subject, place: { rig, stateDir }, loader, signal, note: () => undefined }),
      );
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  }
}
