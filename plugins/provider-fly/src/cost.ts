import type { CostReport, EnvironmentSpec, OperationContext } from '@sindri/core';
import type { OpenApi } from './api/client.js';
import { flyError } from './fly-error.js';
import { observeFly } from './observe.js';
import { costReport } from './planner/index.js';
import type { FlySpec } from './model.js';
import { createListSnapshots } from './snapshots.js';

/**
 * The bill of an environment, from one look and the list of its snapshots. Throws `FLY_COST_UNKNOWN` when a part of what is billed could
 * not be read, and where the price book has no price for it; what `observeFly` lists.
 */
export function createCost(
  openApi: OpenApi,
): (spec: EnvironmentSpec<FlySpec['options']>, context: OperationContext) => Promise<CostReport> {
  const listSnapshots = createListSnapshots(openApi);
  return async (spec, context) => {
    const api = await openApi(context);
    const [observation, snapshots] = await Promise.all([
      observeFly(api, spec, context, { purpose: 'summary', identities: [] }),
      // They are no reason to say nothing of the rest.
      listSnapshots(spec, context).catch(() => null),
    ]);
    const unread = observation.resources.filter(
      ({ type, status }) => status === 'unobserved' && ['ips', 'volume', 'machine'].includes(type),
    );
    if (unread.length > 0) {
      const what = unread
        .map(({ type, name, reason }) => `${type} ${name} (${reason ?? 'no reason given'})`)
        .join(', ');
      throw flyError({
        code: 'FLY_COST_UNKNOWN',
        kind: 'incomplete',
        message: `What ${spec.name} costs is unknown, for this could not be read: ${what}.`,
        hint: 'Run the command again.',
        retryable: true,
      });
    }
    const snapshotsGb = snapshots === null ? null : snapshots.reduce((sum, { sizeGb }) => sum + (sizeGb ?? 0), 0);
    const report = costReport({
      spec,
      observation,
      nowMs: context.clock.now(),
      snapshotsGb: snapshotsGb === null ? null : Math.round(snapshotsGb * 100) / 100,
    });
    if (report !== null) return report;
    throw flyError({
      code: 'FLY_COST_UNKNOWN',
      kind: 'refused',
      message: `Fly has no price for a part of ${spec.name}: a GPU, or a region that is newer than this version.`,
      hint: 'Look at the invoice in the dashboard of Fly.',
    });
  };
}
