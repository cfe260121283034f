import type { Dispatcher } from 'undici';

const FIRST_BYTES = 64 * 1024;

/**
 * The text of the body of an answer, of at most `limitBytes`; `null` for a longer one, which is given up as soon as that is known,
 * with its connection: little more than the limit is ever held in memory. Rejects with what ends the connection.
 */
export async function readBody(answer: Dispatcher.ResponseData, limitBytes: number): Promise<string | null> {
  const { body, headers } = answer;
  if (Number(headers['content-length'] ?? 0) > limitBytes) return giveUp(body);
  // One buffer that grows: a body that comes byte by byte must not cost an object for each.
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (size + chunk.length > limitBytes) return giveUp(body);
    if (size + chunk.length > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, size + chunk.length));
      buffer.copy(larger, 0, 0, size);
      buffer = larger;
    }
    size += chunk.copy(buffer, size);
  }
  return buffer.toString('utf8', 0, size);
}

function giveUp(body: Dispatcher.ResponseData['body']): null {
  // What it says about its end does not matter any more.
  body.on('error', () => undefined).destroy();
  return null;
}
