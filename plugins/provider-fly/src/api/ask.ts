import type { Dispatcher } from 'undici';

export interface Question {
  url: URL;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  body: string | undefined;
  signal: AbortSignal;
  /** For the head of the answer, and between two parts of its body. Milliseconds. */
  timeoutMs: number;
}

/** What comes before the body of an answer. Of a header that came more than once, the first. */
export interface AnswerHead {
  status: number;
  headers: Record<string, string | undefined>;
}

export interface Answer extends AnswerHead {
  /** `null` when it was too long. */
  text: string | null;
}

const FIRST_BYTES = 64 * 1024;

/**
 * Asks one question. An answer that is longer than `limitFor` its head allows is given up as soon as that is known, with its connection: little
 * more than the limit is ever held in memory. Rejects with what ends the connection, and with the signal's reason at once.
 *
 * Written on undici's `dispatch`, as its own `request` is: making a stream of an answer that is read to its end at once takes as long as
 * all the rest.
 */
export function ask(
  dispatcher: Dispatcher,
  { url, method, headers, body, signal, timeoutMs }: Question,
  limitFor: (head: AnswerHead) => number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let abort: ((reason: Error) => void) | undefined;
    let head: AnswerHead = { status: 0, headers: {} };
    let limitBytes = 0;
    // One buffer that grows: a body that comes byte by byte must not cost an object for each.
    let buffer = Buffer.alloc(0);
    let size = 0;
    const onAbort = (): void => {
      reject(signal.reason as Error);
      abort?.(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    /** Its rest is nobody's concern, nor what it says about its end. */
    const giveUp = (): void => {
      resolve({ ...head, text: null });
      abort?.(new Error('the answer is too long'));
    };

    dispatcher.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        onConnect(abortIt) {
          abort = abortIt;
          if (signal.aborted) abort(signal.reason as Error);
        },
        onHeaders(status, raw) {
          // What comes before the answer, as 103 does.
          if (status < 200) return true;
          head = { status, headers: parseHeaders(raw) };
          limitBytes = limitFor(head);
          const announced = Number(head.headers['content-length'] ?? 0);
          if (announced > limitBytes) giveUp();
          else buffer = Buffer.allocUnsafe(Math.min(announced || FIRST_BYTES, FIRST_BYTES));
          return true;
        },
        onData(chunk) {
          if (size + chunk.length > limitBytes) {
            giveUp();
            return true;
          }
          if (size + chunk.length > buffer.length) {
            const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, size + chunk.length));
            buffer.copy(larger, 0, 0, size);
            buffer = larger;
          }
          size += chunk.copy(buffer, size);
          return true;
        },
        onComplete() {
          signal.removeEventListener('abort', onAbort);
          resolve({ ...head, text: buffer.toString('utf8', 0, size) });
        },
        onError(error) {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      },
    );
  });
}

/** `raw`: name, value, name, value. */
function parseHeaders(raw: readonly Buffer[]): AnswerHead['headers'] {
  const headers: AnswerHead['headers'] = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers[String(raw[at]).toLowerCase()] ??= (raw[at + 1] as Buffer).toString('latin1');
  }
  return headers;
}
