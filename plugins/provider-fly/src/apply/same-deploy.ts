import { metadataOf } from '../api/machines.js';
import type { WireMachine, WireMachineConfig } from '../api/types.js';
import { metadataKeys } from '../model.js';

/** What two runs must agree on to have wanted the same thing. */
const KEYS = [metadataKeys.specHash, metadataKeys.secretsHash] as const;

/** Whether `machine` is what another run made of the same config and the same secrets. `wanted` is complete. */
export function isSameDeploy(machine: WireMachine, wanted: WireMachineConfig): boolean {
  const theirs = metadataOf(machine);
  return KEYS.every((key) => (theirs[key] ?? '') === (wanted.metadata?.[key] ?? ''));
}
