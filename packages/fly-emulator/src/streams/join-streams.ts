import type { Duplex } from 'node:stream';

/**
 * Carries bytes both ways between two streams. An end on one side becomes an end on the other while the opposite direction
 * goes on; a broken side breaks the other. `onClosed` is called once, when nothing flows any more.
 */
export function joinStreams(a: Duplex, b: Duplex, onClosed: () => void = () => {}): void {
  let open = 2;
  const follow = (from: Duplex, to: Duplex): void => {
    let over = false;
    const close = (): void => {
      if (over) return;
      over = true;
      if (!from.readableEnded || to.writableFinished) to.destroy();
      else to.end(() => to.destroy());
      // An SSH channel reports its close only after its data has been read.
      to.resume();
      open -= 1;
      if (open === 0) onClosed();
    };
    from.once('close', close);
    from.on('error', () => {
      from.destroy();
      to.destroy();
    });
    from.pipe(to);
  };
  follow(a, b);
  follow(b, a);
}
