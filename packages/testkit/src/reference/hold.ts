import type { EnvironmentSpec, Hold, HoldEnd, HoldRequest, OperationContext } from '@sindri/core';
import { callOf, requireInstance, requireMachine, setPower } from './client.js';
import type { ReferencePlatform } from './platform.js';

/** Keeps the machine awake by a note on it, which the platform heeds, for a time or until it is taken away. */
export async function holdReference(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  { durationMs, reason, instance, untilInstalled }: HoldRequest,
  context: OperationContext,
): Promise<Hold> {
  requireInstance(instance === undefined ? {} : { instance });
  const until = new Date(context.clock.now() + durationMs).toISOString();
  await requireMachine(platform, spec, context);
  // Nothing is ever installed here.
  if (untilInstalled === true) return { until, by: [], ended: Promise.resolve('installed'), release: async () => {} };
  await setPower(platform, spec, context, 'running');
  const { id } = await requireMachine(platform, spec, context);
  const note = { reason, by: 'reference', until };
  const put = (held: typeof note | null, signal: AbortSignal): Promise<void> =>
    platform.write({ ...callOf(`PUT /machine/${id}/hold`, context), signal }, (things) => {
      const machine = things.find((thing) => thing.id === id);
      if (machine === undefined) return;
      if (held === null) delete machine.held;
      else machine.held = held;
    });
  await put(note, context.signal);
  const released = new AbortController();
  const wait = async (): Promise<HoldEnd> => {
    const endsAt = Date.parse(until);
    try {
      while (context.clock.now() < endsAt) {
        // Looked for, not slept for: a clock of the kit's may jump, and an hour would be over before anybody has looked.
        await new Promise((resolve) => setTimeout(resolve, 2).unref());
        if (released.signal.aborted) return 'released';
        context.signal.throwIfAborted();
      }
      return 'expired';
    } finally {
      // The caller may have gone; the note must go all the same.
      await put(null, new AbortController().signal).catch(() => undefined);
    }
  };
  const ended = wait();
  ended.catch(() => undefined);
  return {
    until,
    by: ['a note on the machine'],
    ended,
    async release() {
      released.abort();
      await ended.catch(() => undefined);
    },
  };
}
