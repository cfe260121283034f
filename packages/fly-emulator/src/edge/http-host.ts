import type { Socket } from 'node:net';

const MAX_HEAD = 16 * 1024;

/** The beginning of a request, and the name of the host it is for. */
export interface HttpHead {
  bytes: Buffer;
  /** Lower case, without port; `null` when the request names none. */
  host: string | null;
}

/**
 * Reads as much of a plain HTTP request as tells its `Host`. Resolves with `null` when no head comes.
 * @param limit arms the time after which it is not waited for any more; returns the way to disarm it
 */
export function readHttpHead(socket: Socket, limit: (giveUp: () => void) => () => void): Promise<HttpHead | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const finish = (head: HttpHead | null): void => {
      disarm();
      socket.off('data', take);
      socket.off('end', give);
      socket.off('close', give);
      socket.pause();
      resolve(head);
    };
    const give = (): void => finish(null);
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) finish({ bytes, host: hostOf(bytes.toString('latin1', 0, end)) });
      else if (bytes.length > MAX_HEAD) finish(null);
    };
    const disarm = limit(give);
    socket.on('data', take);
    socket.once('end', give);
    socket.once('close', give);
    socket.resume();
  });
}

/** The app that a host name of Fly's belongs to: `my-app.fly.dev`. */
export function appOfHost(host: string | null): string | null {
  return host?.split('.')[0] ?? null;
}

function hostOf(head: string): string | null {
  const line = /^host:[ \t]*([^\r\n]*)/im.exec(head)?.[1];
  return line === undefined ? null : line.trim().toLowerCase().replace(/:\d+$/, '');
}
