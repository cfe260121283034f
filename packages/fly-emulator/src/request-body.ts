import type { IncomingMessage } from 'node:http';

/** Reads the bodies of requests, within limits. */
export interface BodyReader {
  /** The whole body; or 413 when it is too long, 503 when too much is being received altogether. Rejects when the client goes away. */
  read(incoming: IncomingMessage): Promise<{ body: string } | 413 | 503>;
}

/**
 * @param most bytes of one body
 * @param mostAltogether bytes of all bodies that are being received
 */
export function createBodyReader(most: number, mostAltogether: number): BodyReader {
  let held = 0;
  return {
    async read(incoming) {
      if (Number(incoming.headers['content-length'] ?? 0) > most) return 413;
      const chunks: Buffer[] = [];
      let size = 0;
      try {
        return await new Promise((resolve, reject) => {
          const take = (chunk: Buffer): void => {
            size += chunk.length;
            held += chunk.length;
            chunks.push(chunk);
            if (size <= most && held <= mostAltogether) return;
            incoming.off('data', take);
            incoming.pause();
            resolve(size > most ? 413 : 503);
          };
          incoming.on('data', take);
          incoming.once('end', () => resolve({ body: Buffer.concat(chunks).toString('utf8') }));
          incoming.once('error', reject);
          incoming.once('close', () => reject(new Error('the client went away')));
        });
      } finally {
        held -= size;
      }
    },
  };
}
