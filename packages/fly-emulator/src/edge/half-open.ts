import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EmulatorClock } from '../clock.js';

/**
 * Ends a connection of which one side has ended and on which nothing has moved for `idleMs` since: a client that went away without
 * a word would otherwise keep its machine awake for ever. While both sides are open it may be idle as long as it likes.
 */
export function endWhenHalfOpen(clock: EmulatorClock, socket: Socket, stream: Duplex, idleMs: number): void {
  let cancel: (() => void) | null = null;
  const moved = (): number => socket.bytesRead + socket.bytesWritten;
  const watch = (): void => {
    const before = moved();
    cancel = clock.after(idleMs, () => {
      if (moved() !== before) return watch();
      socket.destroy();
      stream.destroy();
    });
  };
  const begin = (): void => {
    if (cancel === null) watch();
  };
  socket.once('end', begin);
  stream.once('end', begin);
  socket.once('close', () => cancel?.());
}
