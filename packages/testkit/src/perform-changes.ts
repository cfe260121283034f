import type { ApplyResult, Change, JsonObject } from '@sindri/core';

export interface PerformOptions {
  /** How often each change is applied before the next begins. Default 1. */
  times?: number;
  /** Starts every change as soon as those it needs are done, instead of one after another. */
  parallel?: boolean;
  /** Called before each change; what it throws ends the run. */
  before?: (change: Change, index: number) => void;
}

export interface PerformRequest extends PerformOptions {
  launchId(): string;
  apply(change: Change, results: Readonly<Record<string, JsonObject>>, launchId: string): Promise<ApplyResult>;
}

/**
 * A plain executor, apart from core's: cases bend it (twice, half, all at once), and a plan that core would refuse as a whole
 * must still get far enough for the other cases to judge the rest. Rejects with the first failure.
 */
export async function performChanges(changes: readonly Change[], request: PerformRequest): Promise<ApplyResult[]> {
  const { times = 1, parallel = false, before = () => undefined, apply } = request;
  const results: Record<string, JsonObject> = {};
  const ended: ApplyResult[] = [];
  const waiting = [...changes];
  let index = 0;
  let launchId = request.launchId();

  while (waiting.length > 0) {
    const ready = waiting.filter(({ dependsOn }) => !waiting.some(({ id }) => dependsOn.includes(id)));
    // In a circle nothing is ever ready; then any order is as good.
    const batch = (ready.length === 0 ? waiting : ready).slice(0, parallel ? undefined : 1);
    for (const change of batch) waiting.splice(waiting.indexOf(change), 1);
    await Promise.all(batch.map(run));
  }
  return ended;

  async function run(change: Change): Promise<void> {
    before(change, index++);
    for (let time = 0; time < times; time++) {
      // Another run of the same plan, as after a crash, is another launch.
      if (time > 0) launchId = request.launchId();
      const result = await apply(change, { ...results }, launchId);
      ended.push(result);
      if (typeof result?.result === 'object') results[change.id] = result.result;
    }
  }
}
