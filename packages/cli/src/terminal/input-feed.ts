import type { Readable, Writable } from 'node:stream';

const END_OF_TRANSMISSION = 0x04;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface InputFeedOptions {
  /** Looks at what is typed; what it returns goes on. */
  filter?(chunk: Buffer): Buffer;
  /**
   * The other side reads from a terminal, where the end of input is a key (^D) rather than a closed stream. Default `false`.
   */
  terminal?: boolean;
}

/**
 * Copies local input to a session until it ends, and passes the end on. Input that cannot be read (closed, a directory) counts as
 * ended. Returns a function that stops and lets go of the input, so that the process can exit.
 */
export function feedInput(input: Readable, target: Writable, options: InputFeedOptions = {}): () => void {
  let stopped = false;
  let lastByte = LINE_FEED;

  const onData = (data: Buffer | string) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const chunk = options.filter?.(bytes) ?? bytes;
    if (stopped || chunk.length === 0 || target.destroyed || target.writableEnded) return;
    lastByte = chunk[chunk.length - 1] ?? lastByte;
    if (!target.write(chunk)) {
      input.pause();
      target.once('drain', resume);
    }
  };
  const resume = () => {
    if (!stopped) input.resume();
  };
  const onEnd = () => {
    if (stopped) return;
    stop();
    if (target.destroyed || target.writableEnded) return;
    if (options.terminal) target.write(endKey(lastByte));
    target.end();
  };
  const stop = () => {
    if (stopped) return;
    stopped = true;
    input.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd);
    // A late read error has nobody else to go to.
    input.on('error', ignore);
    target.off('drain', resume).off('close', stop);
    input.pause();
  };
  target.on('error', ignore).once('close', stop);
  if (input.readableEnded || input.destroyed || !input.readable) {
    process.nextTick(onEnd);
  } else {
    // The data listener comes last: it starts the flow.
    input.on('end', onEnd).on('close', onEnd).on('error', onEnd).on('data', onData);
    input.resume();
  }
  return stop;
}

/** A terminal takes ^D as the end only at the start of a line; elsewhere the first one just delivers what was typed. */
function endKey(lastByte: number): Buffer {
  const atLineStart = lastByte === LINE_FEED || lastByte === CARRIAGE_RETURN;
  return Buffer.alloc(atLineStart ? 1 : 2, END_OF_TRANSMISSION);
}

function ignore(): void {}
