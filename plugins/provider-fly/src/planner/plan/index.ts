import type { ProviderPlan } from '@sindri/core';
import type { ChangePayload, FlyObservation, FlyPlanRequest } from '../../model.js';
import { settle } from '../desired/desired.js';
import { optionsOf } from '../desired/options.js';
import { dataOf, openObservation } from '../observed/open-observation.js';
import { planDeploy } from './deploy.js';
import { planDeleteVolume } from './delete-volume.js';
import { planDestroy } from './destroy.js';
import { planExtend } from './extend.js';
import { planAdmit, planRemove } from './keys.js';
import { planDeploySecrets, planProtect, planSetSecrets } from './set-secrets.js';
import { planRestore } from './restore.js';
import { planSnapshot } from './snapshot.js';

/**
 * The steps from what was observed to what `request` wants. Pure and deterministic; over the result of an applied plan it is
 * empty.
 *
 * Throws where no step is safe, and then nothing may be touched: `FLY_APP_IN_OTHER_ORGANIZATION`, `FLY_REGION_UNKNOWN`,
 * `FLY_VOLUME_ELSEWHERE`, `FLY_REGION_CHANGE`, `FLY_VOLUME_MISSING`, `FLY_VOLUME_MISMATCH`, `FLY_VOLUME_IN_USE`,
 * `FLY_MACHINE_NAME_TAKEN`, `FLY_APP_NOT_OURS`, `FLY_MACHINE_NOT_OURS`, `FLY_SOURCE_BUILD`, `FLY_KEEP_UNSUPPORTED`, `FLY_NO_VOLUME`,
 * `FLY_SNAPSHOT_UNUSABLE`,
 * `FLY_VOLUME_SIZE`, `FLY_VOLUME_SHRINK`, `FLY_NOT_DEPLOYED`, `FLY_KEY_UNUSABLE`, `FLY_KEYS_DECLARED`, `FLY_KEY_FROM_CONFIG`,
 * `FLY_LAST_KEY`, `FLY_KEY_UNKNOWN`, `FLY_KEYS_UNREAD`, `FLY_SECRET_RESERVED`, and `PLAN_UNOBSERVED` when a step would rest on something that could not be read.
 */
export function planFly(request: FlyPlanRequest, observation: FlyObservation): ProviderPlan<ChangePayload> {
  const { budget, budgetFigure } = optionsOf(request.spec);
  const planned = planIntent(request, observation);
  return budget === undefined ? planned : { ...planned, budget: { monthly: budget, of: budgetFigure } };
}

function planIntent(request: FlyPlanRequest, observation: FlyObservation): ProviderPlan<ChangePayload> {
  const observed = openObservation(request.spec, observation);
  const desired = settle(request.spec, {
    defaults: observed.facts.defaults,
    volume: dataOf(observed.volume),
    imageDigest: dataOf(observed.image)?.digest ?? null,
  });
  switch (request.intent) {
    case 'deploy':
      return planDeploy({ desired, entries: request.secrets, adopt: request.adopt === true }, observed);
    case 'destroy':
      return planDestroy({ desired, keep: request.keep ?? [], adopt: request.adopt === true }, observed);
    case 'volume.extend':
      return planExtend(desired, request, observed);
    case 'volume.delete':
      return planDeleteVolume(desired, request, observed);
    case 'snapshot.create':
      return planSnapshot(desired, request, observed);
    case 'snapshot.restore':
      return planRestore(desired, request, observed);
    case 'key.admit':
      return planAdmit(desired, request, observed);
    case 'key.remove':
      return planRemove(desired, request, observed);
    case 'secrets.set':
      return planSetSecrets(desired, request, request.secrets, observed);
    case 'secrets.deploy':
      return planDeploySecrets(desired, observed);
    case 'secrets.protect':
      return planProtect(desired, request, observed);
    default:
      // Core asks for the intents of our capabilities only.
      throw new TypeError(`provider-fly does not plan ${request.intent}.`);
  }
}
