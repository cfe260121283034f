import { metadataOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { byDigest, completeMachineConfig, secretsHash } from '../planner/index.js';
import { metadataKeys } from '../model.js';
import { resultsOf } from './results.js';
import { secretsOutcome } from './secrets.js';
import type { ApplyWork } from './work.js';

/** The config to send: what the plan left open filled in. */
export function finishConfig(
  work: ApplyWork,
  planned: Record<string, unknown>,
  extra: { live?: Record<string, unknown> | null; volumeId?: string },
): WireMachineConfig {
  return completeMachineConfig(withBuiltImage(work, planned), {
    ...extra,
    launchId: work.context.launchId,
    secrets: secretsOutcome(work).marks,
  });
}

/** What this run has built is used by its digest. */
function withBuiltImage(work: ApplyWork, planned: Record<string, unknown>): Record<string, unknown> {
  const built = resultsOf(work, 'image.build').find(({ reference }) => reference === planned['image']);
  return built === undefined ? planned : { ...planned, image: byDigest(built.reference, built.digest) };
}

/** What two runs must agree on to have wanted the same thing. Who set no secret of the config has noted none. */
const SAME_KEYS = { [metadataKeys.specHash]: '', [metadataKeys.secretsHash]: secretsHash([]) };

/** Whether `machine` is what another run made of the same config and the same secrets. `wanted` is complete. */
export function isSameDeploy(machine: WireMachine, wanted: WireMachineConfig): boolean {
  const theirs = metadataOf(machine);
  return Object.entries(SAME_KEYS).every(([key, none]) => (theirs[key] ?? none) === (wanted.metadata?.[key] ?? none));
}
