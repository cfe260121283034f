import type { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/** The outgoing side of a session channel: stdout and stderr share one window, so they take turns. */
export interface ChannelOutput {
  /** Copies everything from `source`; resolves when it has ended and all of it is on its way, or when the channel is gone. */
  copy(source: Readable, target: Writable): Promise<void>;
  /** Gives up on what cannot be delivered any more. */
  abandon(): void;
}

export function createChannelOutput(channel: ServerChannel): ChannelOutput {
  let turn: Promise<void> = Promise.resolve();
  let release: (() => void) | null = null;
  let abandoned = false;

  const write = (target: Writable, chunk: Buffer): Promise<void> => {
    turn = turn.then(
      () =>
        new Promise<void>((resolve) => {
          if (abandoned) return resolve();
          release = resolve;
          target.write(chunk, () => {
            forgetSentChunks(channel);
            release = null;
            resolve();
          });
        }),
    );
    return turn;
  };

  return {
    async copy(source, target) {
      try {
        for await (const chunk of source) {
          if (abandoned) return;
          await write(target, Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
        }
      } catch {
        // A broken pipe ends the output; how the process ended is told by its exit.
      }
    },
    abandon() {
      abandoned = true;
      release?.();
    },
  };
}

/**
 * ssh2 keeps the rest of a write that waited for window space in these fields and never clears them. A later wait of the other
 * stream would then send the old rest again.
 */
function forgetSentChunks(channel: ServerChannel): void {
  Object.assign(channel, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
}
