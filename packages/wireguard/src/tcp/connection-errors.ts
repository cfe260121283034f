/** Why a connection could not be made, or ended. The codes are those of Node's own sockets. */
export type TcpErrorCode = 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENETDOWN' | 'EADDRINUSE';

const TEXTS: Record<TcpErrorCode, string> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  ETIMEDOUT: 'did not answer in time',
  EHOSTUNREACH: 'cannot be reached',
  ENETDOWN: 'cannot be reached: the tunnel is closed',
  EADDRINUSE: 'cannot be reached: all local ports are in use',
};

/** An `Error` with `code`, `address` and `port`, as `net.Socket` gives them. */
export function tcpError(code: TcpErrorCode, address: string, port: number): Error {
  return Object.assign(new Error(`[${address}]:${port} ${TEXTS[code]}.`), { code, address, port });
}
