import type { Clock } from '../model/context.js';
import type { SindriError } from '../model/errors.js';
import { toSindriError } from '../model/to-sindri-error.js';
import type { Emit } from '../model/events.js';
import type { JsonObject } from '../model/json.js';
import type { Change, Outcome } from '../model/plan.js';
import type { ApplyResult } from '../provider/contract.js';
import { coreError } from '../model/core-error.js';

export interface RunChangesRequest {
  /** In dependency order, as `orderChanges` gives them. */
  changes: readonly Change[];
  /** Performs one change. `results` holds what the changes before it returned. */
  perform(change: Change, results: Readonly<Record<string, JsonObject>>): Promise<ApplyResult>;
  /** How many changes may run at the same time. */
  concurrency: number;
  /** Once aborted, no change starts any more; those that run are expected to end by themselves, see `graceMs`. */
  signal: AbortSignal;
  /** How long running changes may take to end after the abort before their outcome counts as unknown. */
  graceMs: number;
  emit: Emit;
  clock: Clock;
}

export interface RunChangesResult {
  /** One for every change, in the order of the changes. */
  outcomes: Outcome[];
  /** In the order in which they happened. */
  failures: SindriError[];
  /** Whether every change was applied or found done. */
  complete: boolean;
}

/**
 * Runs changes by dependency, several at a time. Every change ends in exactly one outcome, told by exactly one of the events
 * `change.applied`, `change.skipped` and `change.failed`. When one fails, those that need it are skipped and the others go
 * on. Never rejects.
 */
export async function runChanges(request: RunChangesRequest): Promise<RunChangesResult> {
  const { changes, perform, signal, emit, clock } = request;
  const concurrency = Math.max(1, Math.floor(request.concurrency));
  const waiting = [...changes];
  const running = new Map<string, { started: number; settled: Promise<void> }>();
  const outcomes = new Map<string, Outcome>();
  /** Applied, or found done by the provider: what needs these may run. */
  const done = new Set<string>();
  const results: Record<string, JsonObject> = {};
  const failures: SindriError[] = [];

  for (;;) {
    skipDependants();
    if (!signal.aborted) startReady();
    if (signal.aborted || running.size === 0) break;
    await firstOf(
      [...running.values()].map(({ settled }) => settled),
      signal,
    );
  }
  if (running.size > 0) await waitForRunning();
  for (const change of waiting)
    end({ change: change.id, status: 'skipped', reason: 'stopped before this change began' });

  return {
    outcomes: changes.map(({ id }) => outcomes.get(id) as Outcome),
    failures,
    complete: done.size === changes.length,
  };

  function startReady(): void {
    for (const change of [...waiting]) {
      if (running.size >= concurrency) return;
      if (!change.dependsOn.every((id) => done.has(id))) continue;
      waiting.splice(waiting.indexOf(change), 1);
      start(change);
    }
  }

  function start(change: Change): void {
    const started = clock.now();
    emit({ type: 'change.started', change: change.id, title: change.title });
    const settled = perform(change, { ...results }).then(
      (result) => finish(change, started, result),
      (error: unknown) => fail(change, toSindriError(error)),
    );
    running.set(change.id, { started, settled });
  }

  function finish(change: Change, started: number, { status, reason, result }: ApplyResult): void {
    // Given up after the grace period: its outcome has been told already.
    if (outcomes.has(change.id)) return;
    running.delete(change.id);
    results[change.id] = result;
    done.add(change.id);
    if (status === 'applied') end({ change: change.id, status, elapsedMs: clock.now() - started, result });
    else end({ change: change.id, status, reason: reason ?? 'nothing left to do', result });
  }

  function fail(change: Change, error: SindriError): void {
    if (outcomes.has(change.id)) return;
    running.delete(change.id);
    failures.push(error);
    end({ change: change.id, status: 'failed', error: error.toJSON() });
  }

  /** One pass is enough: in dependency order, whoever needs a skipped change comes after it. */
  function skipDependants(): void {
    for (const change of [...waiting]) {
      const missing = change.dependsOn.find((id) => outcomes.has(id) && !done.has(id));
      if (missing === undefined) continue;
      waiting.splice(waiting.indexOf(change), 1);
      const how = outcomes.get(missing)?.status === 'failed' ? 'failed' : 'was skipped';
      end({ change: change.id, status: 'skipped', reason: `needs ${missing}, which ${how}` });
    }
  }

  async function waitForRunning(): Promise<void> {
    const enough = new AbortController();
    const graceOver = clock.sleep(request.graceMs, enough.signal).catch(() => undefined);
    await Promise.race([Promise.all([...running.values()].map(({ settled }) => settled)), graceOver]);
    enough.abort();
    for (const change of changes) {
      if (!running.has(change.id)) continue;
      fail(
        change,
        coreError({
          code: 'OPERATION_CANCELLED',
          kind: 'cancelled',
          message: `"${change.title}" did not end within ${request.graceMs} ms after it was cancelled; its outcome is unknown.`,
          hint: 'Run the same command again: it looks at what exists and continues from there.',
        }),
      );
    }
  }

  function end(outcome: Outcome): void {
    outcomes.set(outcome.change, outcome);
    const { change } = outcome;
    if (outcome.status === 'applied') emit({ type: 'change.applied', change, elapsedMs: outcome.elapsedMs });
    else if (outcome.status === 'skipped') emit({ type: 'change.skipped', change, reason: outcome.reason });
    else emit({ type: 'change.failed', change, error: outcome.error });
  }
}

/** Settles with the first of `promises`, or when `signal` is aborted; never rejects. */
async function firstOf(promises: Promise<void>[], signal: AbortSignal): Promise<void> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', resolve as () => void, { once: true });
  });
  await Promise.race([...promises, aborted]);
  if (stop !== undefined) signal.removeEventListener('abort', stop);
}
