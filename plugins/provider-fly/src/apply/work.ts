import type { ApplyContext } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import { describeUser, type MachineWork } from '../machine/work.js';
import type { DesiredNames } from '../planner/index.js';
import type { ChangePayload, FlyData } from '../model.js';
import type { FlyShapes } from '../shapes.js';
import type { Applied, ChangeKind } from './results.js';

/** What every kind of change works with. */
export interface ApplyWork {
  api: FlyApi;
  context: ApplyContext<FlyShapes>;
  names: DesiredNames;
  machineWork: MachineWork;
}

/** The payload of one kind of change. */
export type PayloadOf<K extends ChangeKind> = Extract<ChangePayload, { kind: K }>;

/** Performs one kind of change. */
export type Apply<K extends ChangeKind> = (work: ApplyWork, payload: PayloadOf<K>) => Promise<Applied>;

export function createApplyWork(
  api: FlyApi,
  context: ApplyContext<FlyShapes>,
  names: DesiredNames,
  changeId: string,
): ApplyWork {
  const machineWork: MachineWork = {
    api,
    context,
    app: names.app,
    progress: (message) => context.emit({ type: 'change.progress', change: changeId, message }),
    lockTimeoutMs: context.lockTimeoutMs,
    // The launch id makes it this run's own; people read the part before it.
    who: `sindri deploy by ${describeUser(context.env)} (run ${context.launchId})`,
  };
  return { api, context, names, machineWork };
}

/** The data that the plan's observation has of a resource; `null` for one that was not there or is of another kind. */
export function observed<K extends FlyData['kind']>(
  work: ApplyWork,
  kind: K,
  id: string,
): Extract<FlyData, { kind: K }> | null {
  const resource = work.context.observation.resources.find((item) => item.id === id);
  const data = resource?.status === 'present' ? resource.data : undefined;
  return data !== undefined && isOfKind(data, kind) ? data : null;
}

function isOfKind<K extends FlyData['kind']>(data: FlyData, kind: K): data is Extract<FlyData, { kind: K }> {
  return data.kind === kind;
}
