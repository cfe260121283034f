import { Duplex, Readable, Writable } from 'node:stream';
import type { Channel } from 'ssh2';

/**
 * ssh2's channel is one Duplex whose `destroy` does not end it and whose pending write is forgotten when the channel closes. These
 * wrappers behave as Node streams should, so that a consumer can pipe, destroy and await them.
 */

/** Bytes that wait in our stream beyond what ssh2 itself buffers (up to 2 MiB per channel). */
const BUFFER_BYTES = 64 * 1024;

/** Reads one direction of a channel; stops reading when nobody takes the bytes. Destroyed, it lets the rest run dry. */
export function readFrom(source: Readable): Readable {
  const stream = new Readable({
    highWaterMark: BUFFER_BYTES,
    read: () => void source.resume(),
    destroy(error, done) {
      source.resume();
      done(error);
    },
  });
  // Whoever destroys the stream with an error wants to tell others; nobody listening must not end the process.
  stream.on('error', () => undefined);
  pump(source, stream);
  return stream;
}

/**
 * Resolves once whoever reads `stream` has read it to its end, or has destroyed it. A stream that nobody has begun to read is not
 * waited for: its bytes stay in it for a later reader.
 */
export async function delivered(stream: Readable): Promise<void> {
  // A caller who has just got the stream attaches its reader in this turn.
  await new Promise((resolve) => setImmediate(resolve));
  const untouched = stream.readableFlowing === null && stream.listenerCount('readable') === 0;
  if (untouched || stream.readableEnded || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once('end', resolve).once('close', resolve);
  });
}

/** Writes to a channel. Once the channel is gone it is destroyed without an error, as a process's stdin is. */
export function writeTo(channel: Channel): Writable {
  const pending = pendingWrites(channel);
  const stream = new Writable({
    highWaterMark: BUFFER_BYTES,
    write: pending.write,
    final(done) {
      channel.end();
      done();
    },
    destroy(error, done) {
      channel.end();
      done(error);
    },
  });
  stream.on('error', () => undefined);
  channel.once('close', () => {
    pending.release();
    stream.destroy();
  });
  return stream;
}

/** A channel as a byte stream with both directions: half-closes, and errors with `broken()` when the transport broke. */
export function duplexOver(channel: Channel, broken: () => Error | null): Duplex {
  const pending = pendingWrites(channel);
  const stream = new Duplex({
    highWaterMark: BUFFER_BYTES,
    read: () => void channel.resume(),
    write: pending.write,
    final(done) {
      channel.end();
      done();
    },
    destroy(error, done) {
      pending.release();
      channel.close();
      channel.resume();
      done(error);
    },
  });
  pump(channel, stream);
  channel.once('close', () => {
    pending.release();
    const error = broken();
    if (error !== null) stream.destroy(error);
    else stream.end();
  });
  return stream;
}

function pump(source: Readable, target: Readable): void {
  source.on('error', () => undefined);
  source.on('data', (chunk: Buffer) => {
    if (!target.destroyed && !target.push(chunk)) source.pause();
  });
  source.on('end', () => {
    if (!target.destroyed) target.push(null);
  });
}

/** ssh2 never calls back a write that was waiting for the window when the channel closed: {@link release} does. */
function pendingWrites(channel: Channel) {
  let waiting: (() => void) | null = null;
  return {
    write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
      if (!channel.writable) return done();
      waiting = done;
      channel.write(chunk, () => {
        if (waiting !== done) return;
        waiting = null;
        done();
      });
    },
    release(): void {
      const done = waiting;
      waiting = null;
      done?.();
    },
  };
}
