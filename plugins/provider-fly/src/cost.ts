import type { CostReport, EnvironmentSpec, OperationContext } from '@sindri/core';
import type { FlyApi, OpenApi } from './api/client.js';
import { flyError } from './fly-error.js';
import { observeFly } from './observe.js';
import { attempt } from './attempt.js';
import { costReport, desiredNames, toEventData } from './planner/index.js';
import type { FlyObservation, FlySpec, MachineData, MachineEventData } from './model.js';
import { createListSnapshots } from './snapshots.js';

/** A machine carries so many of its events with it, and Fly has more. */
const CARRIED_EVENTS = 20;

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
    const history = await longerHistory(api, observation, spec);
    const snapshotsGb = snapshots === null ? null : snapshots.reduce((sum, { sizeGb }) => sum + (sizeGb ?? 0), 0);
    const report = costReport({
      spec,
      observation,
      nowMs: context.clock.now(),
      snapshotsGb: snapshotsGb === null ? null : Math.round(snapshotsGb * 100) / 100,
      history,
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

/**
 * The events of machines that have more than they carry with them: after a few nights' sleep those alone no longer reach back to the first of
 * the month.
 */
async function longerHistory(
  api: FlyApi,
  { resources, facts }: FlyObservation,
  spec: FlySpec,
): Promise<Map<string, MachineEventData[]>> {
  const { app } = desiredNames(spec, facts.defaults);
  const cut = resources.flatMap(({ data }): MachineData[] =>
    data?.kind === 'machine' && data.events.length >= CARRIED_EVENTS ? [data] : [],
  );
  const read = await Promise.all(cut.map(async ({ id }) => [id, await attempt(api.machines.events(app, id))] as const));
  return new Map(read.flatMap(([id, events]) => (events.ok ? [[id, events.value.map(toEventData)] as const] : [])));
}
