import type { ApplyContext, Change } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import { describeUser, type MachineWork } from '../machine/work.js';
import { namesOfSecond, type DesiredNames } from '../planner/index.js';
import type { ChangePayload, FlyData } from '../model.js';
import type { FlyShapes } from '../shapes.js';
import type { Applied, ChangeKind } from './results.js';

/** What every kind of change works with. */
export interface ApplyWork {
  api: FlyApi;
  context: ApplyContext<FlyShapes>;
  /** Those of the second machine where the change is one of that. */
  names: DesiredNames;
  /** Under which name this computer remembers what it has asked for: each of two machines has notes of its own. */
  notes: string;
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
  { id: changeId, resource }: Pick<Change, 'id' | 'resource'>,
): ApplyWork {
  const isSecond = [names.second.machine, names.second.volume].includes(resource.name);
  const machineWork: MachineWork = {
    api,
    context,
    app: names.app,
    progress: (message) => context.emit({ type: 'change.progress', change: changeId, message }),
    lockTimeoutMs: context.lockTimeoutMs,
    // The launch id makes it this run's own; people read the part before it.
    who: `sindri deploy by ${describeUser(context.env)} (run ${context.launchId})`,
  };
  return {
    api,
    context,
    names: isSecond ? namesOfSecond(names) : names,
    // No app has a dot in its name.
    notes: isSecond ? `${names.app}.second` : names.app,
    machineWork,
  };
}

/** The data that the plan's observation has of a resource; `null` for one that was not there or is of another kind. */
export function observed<K extends FlyData['kind']>(
  work: Pick<ApplyWork, 'context'>,
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
