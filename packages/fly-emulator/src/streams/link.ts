import { Duplex } from 'node:stream';

/** Holds back bytes while a machine is frozen. */
export interface LinkGate {
  readonly frozen: boolean;
  /** Runs `action` now, or when the gate opens. */
  pass(action: () => void): void;
  freeze(): void;
  thaw(): void;
}

/** An open gate. */
export function createLinkGate(): LinkGate {
  let frozen = false;
  let waiting: (() => void)[] = [];
  return {
    get frozen() {
      return frozen;
    },
    pass(action) {
      if (frozen) waiting.push(action);
      else action();
    },
    freeze() {
      frozen = true;
    },
    thaw() {
      frozen = false;
      const held = waiting;
      waiting = [];
      for (const action of held) action();
    },
  };
}

/** Two ends of an in-memory connection: what is written to one is read from the other, with backpressure and half-close. */
export function createLink(gate: LinkGate = createLinkGate()): [Duplex, Duplex] {
  const left = new LinkEnd(gate);
  const right = new LinkEnd(gate);
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class LinkEnd extends Duplex {
  peer: LinkEnd | null = null;
  private resumePeer: (() => void) | null = null;

  constructor(private readonly gate: LinkGate) {
    super({ allowHalfOpen: true });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.deliver(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.deliver(Buffer.concat(chunks.map((entry) => entry.chunk)), done);
  }

  private deliver(chunk: Buffer, done: (error?: Error | null) => void): void {
    // Never within the caller's own call: SSH code on both ends counts on a socket's delay.
    this.later(() => {
      const peer = this.peer;
      if (!peer || peer.destroyed) return done(brokenPipe());
      if (peer.push(chunk)) done();
      else peer.resumePeer = done;
    });
  }

  override _read(): void {
    const resume = this.resumePeer;
    this.resumePeer = null;
    resume?.();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.later(() => {
      if (this.peer && !this.peer.destroyed) this.peer.push(null);
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const peer = this.peer;
    // The other side of a frozen machine learns of a lost connection only when it runs again.
    this.later(() => {
      if (!peer || peer.destroyed) return;
      if (this.writableFinished && !error) {
        if (!this.readableEnded) peer.destroy();
      } else {
        peer.destroy();
      }
    });
    const resume = this.resumePeer;
    this.resumePeer = null;
    resume?.();
    done(error);
  }

  private later(action: () => void): void {
    setImmediate(() => this.gate.pass(action));
  }
}

function brokenPipe(): Error {
  return Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
}
