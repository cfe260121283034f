/** A stream that several write to. */
export type SharedStream = Pick<NodeJS.WriteStream, 'write'>;

/** Ours on a stream that others write to as well. */
export interface OwnWriter {
  write(text: string): boolean;
  /** Leaves the stream to itself again. */
  release(): void;
}

/**
 * Calls `before` when somebody else is about to write to the stream: a warning of Node's, or a plugin that prints. What is drawn in
 * place at the end of the terminal must be gone by then, or it is left behind above what was written.
 */
export function beforeOthersWrite(stream: SharedStream, before: () => void): OwnWriter {
  const original = stream.write;
  const ours = original.bind(stream) as (text: string) => boolean;
  const watched = (...chunk: unknown[]): boolean => {
    before();
    return (original as (...all: unknown[]) => boolean).apply(stream, chunk);
  };
  stream.write = watched as SharedStream['write'];
  return {
    write: ours,
    release() {
      // Somebody may have replaced it, too.
      if (stream.write === (watched as SharedStream['write'])) stream.write = original;
    },
  };
}
