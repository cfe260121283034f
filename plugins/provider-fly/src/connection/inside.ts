import type { Duplex } from 'node:stream';
import { isSindriError, portNotListening } from '@sindri/core';
import { openThrough, type StreamOpener } from '@sindri/ssh';
import { flyError } from '../fly-error.js';
import type { Entering } from '../private-network/pool.js';

/** The ports of one machine on its private address. */
export interface Inside {
  /** Streams to a port, each opened when it is asked for; the way there is opened with the first. */
  open(port: number): StreamOpener;
  /** A stream for whoever asked for the port itself. Rejects with `PORT_NOT_LISTENING`, `FLY_PORT_SILENT`, and what entering rejects with. */
  reach(port: number, signal: AbortSignal): Promise<Duplex>;
  /** Whether streams that are open stay silent, because Fly has forgotten this computer. Asks Fly, when there may be such. */
  isCutOff(): Promise<boolean>;
  /** Leaves the private network. Streams that are open end. */
  close(): void;
}

/** `address` is the machine's own; `null` when Fly has told none. `enter` is called once, for the first stream. */
export function createInside(enter: () => Entering, { app, address }: { app: string; address: string | null }): Inside {
  let entering: Entering | undefined;

  async function dial(port: number, signal: AbortSignal): Promise<Duplex> {
    if (address === null) throw noAddress(app);
    const network = await (entering ??= enter()).network;
    return network.dial(address, port, signal);
  }

  return {
    reach: (port, signal) =>
      dial(port, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw isSindriError(error) ? error : portError(error as NodeJS.ErrnoException, `[${address}]`, port);
      }),
    open: (port) => openThrough(`[${address ?? 'unknown'}]:${port}`, (signal) => dial(port, signal), { hint: ASLEEP }),
    async isCutOff() {
      const network = await entering?.network.catch(() => undefined);
      return network !== undefined && (await network.isForgotten());
    },
    close: () => entering?.leave(),
  };
}

const ASLEEP = 'The private network does not wake a machine: if it went to sleep meanwhile, connect again.';

function portError(error: NodeJS.ErrnoException, host: string, port: number) {
  if (error.code === 'ECONNREFUSED') return portNotListening(port, { host, cause: error });
  return flyError({
    code: 'FLY_PORT_SILENT',
    kind: 'transport',
    retryable: true,
    message: `Nothing has answered at ${host}:${port} on the private network (${error.code ?? error.message}).`,
    hint: `${ASLEEP} What listens on 127.0.0.1 only is reached with \`sindri forward\`.`,
    cause: error,
  });
}

function noAddress(app: string) {
  return flyError({
    code: 'FLY_NO_PRIVATE_ADDRESS',
    kind: 'refused',
    message: `Fly tells no private address of the machine of ${app}.`,
    hint: 'Connect with --method direct.',
  });
}
