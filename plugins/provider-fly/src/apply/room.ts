import { createRedactor, type ApplyContext, type ApplyResult, type JsonObject } from '@sindri/core';
import type { FlyApi } from '../api/client.js';
import { describeUser, type Scene } from '../machine/scene.js';
import type { DesiredNames } from '../mapping/index.js';
import type { ChangePayload } from '../model.js';

/** What every kind of change works with. */
export interface ApplyRoom {
  api: FlyApi;
  context: ApplyContext;
  names: DesiredNames;
  scene: Scene;
}

/** The payload of one kind of change. */
export type PayloadOf<K extends ChangePayload['kind']> = Extract<ChangePayload, { kind: K }>;

/** Performs one kind of change. */
export type Apply<K extends ChangePayload['kind']> = (room: ApplyRoom, payload: PayloadOf<K>) => Promise<ApplyResult>;

export function createRoom(api: FlyApi, context: ApplyContext, names: DesiredNames, changeId: string): ApplyRoom {
  const redactor = createRedactor(context.secrets.entries.map(({ name }) => context.secrets.reveal(name)));
  const scene: Scene = {
    api,
    context,
    app: names.app,
    progress: (message) => context.emit({ type: 'change.progress', change: changeId, message }),
    redactor,
    lockTimeoutMs: context.lockTimeoutMs,
    // The launch id makes it this run's own; people read the part before it.
    who: `sindri deploy by ${describeUser(context.env)} (run ${context.launchId})`,
  };
  return { api, context, names, scene };
}

/** Something was done. `result` also tells later changes of this run that it was this run that did it. */
export function applied(kind: ChangePayload['kind'], result: JsonObject = {}): ApplyResult {
  return { status: 'applied', result: { kind, made: true, ...result } };
}

/** Nothing was left to do. */
export function skipped(kind: ChangePayload['kind'], reason: string, result: JsonObject = {}): ApplyResult {
  return { status: 'skipped', reason, result: { kind, made: false, ...result } };
}

/** What the changes of this kind have left so far in this run. */
export function resultsOf(room: ApplyRoom, kind: ChangePayload['kind']): JsonObject[] {
  return Object.values(room.context.results).filter((result) => result.kind === kind);
}

/** Whether this very run created the app: then nobody else can have put anything into it before. */
export function madeApp(room: ApplyRoom): boolean {
  return resultsOf(room, 'app.create').some(({ made }) => made === true);
}

/** The data that the plan's observation has of a resource. */
export function observed<T>(room: ApplyRoom, id: string): T | null {
  const resource = room.context.observation.resources.find((item) => item.id === id);
  return resource?.status === 'present' ? ((resource.data ?? null) as T | null) : null;
}
