import type { Readable, Writable } from 'node:stream';

/** Copies what a session writes to a stream that stays open afterwards. */
export interface OutputPump {
  /** Resolves when everything that has come so far is written, or cannot be written any more. */
  flushed(): Promise<void>;
  stop(): void;
}

/**
 * Starts copying. When the sink cannot take more the source waits. When the sink breaks (a closed pipe) the rest is thrown away, so
 * that the process on the other side does not hang, and `onBroken` is called once.
 */
export function pumpOutput(source: Readable, sink: Writable, onBroken: (error: Error) => void): OutputPump {
  let writing = 0;
  let broken = false;
  const waiters = new Set<() => void>();
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  const onData = (chunk: Buffer | string) => {
    if (broken) return;
    writing += 1;
    const more = sink.write(chunk, (error) => {
      writing -= 1;
      if (error) onError(error);
      wake();
    });
    if (!more && !broken) {
      source.pause();
      sink.once('drain', resume);
    }
  };
  const resume = () => void source.resume();
  const onError = (error: Error) => {
    if (broken) return;
    broken = true;
    source.resume();
    onBroken(error);
    wake();
  };
  sink.on('error', onError);
  // The data listener comes last: it starts the flow.
  source.on('end', wake).on('close', wake).on('error', wake).on('data', onData);

  const unread = () => !source.readableEnded && !source.destroyed && source.readableLength > 0;
  return {
    async flushed() {
      // Bytes that the stream has just got are handed out in the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      while (!broken && (writing > 0 || unread())) {
        await new Promise<void>((resolve) => {
          const waiter = () => {
            waiters.delete(waiter);
            source.off('data', waiter);
            resolve();
          };
          waiters.add(waiter);
          source.on('data', waiter);
        });
      }
    },
    stop() {
      source.off('data', onData).off('end', wake).off('close', wake).off('error', wake);
      source.on('error', () => undefined);
      sink.off('drain', resume);
      // A failure of the last write is reported later than this.
      setImmediate(() => sink.off('error', onError));
    },
  };
}
