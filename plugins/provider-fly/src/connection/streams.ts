import { readLimitedText, type OperationContext } from '@sindri/core';
import { openAddresses, type SshAddress } from '@sindri/ssh';
import { flyError } from '../fly-error.js';
import type { Inside } from './inside.js';
import type { Streams } from './methods/method.js';

/**
 * What the connection methods open streams with, for one app; without `inside` only what goes through Fly's edge. Rejects with
 * `FLY_AUTHORITY_UNREADABLE`.
 */
export async function createStreams(
  app: string,
  inside: Pick<Inside, 'open'> | null,
  { env }: Pick<OperationContext, 'env'>,
): Promise<Streams> {
  const authorities = await readEdgeAuthorities(env);
  const tls = { serverName: `${app}.fly.dev`, ...(authorities === null ? {} : { authorities }) };
  return {
    openAddresses,
    openTls: (addresses) =>
      openAddresses(
        addresses.flatMap((address) => atLowPorts(address, env)),
        { tls },
      ),
    openInside(port) {
      if (inside === null) throw new Error('no way into the private network was given');
      return inside.open(port);
    },
  };
}

/** A local edge may not have the ports below 1024: then they are found `FLY_EDGE_LOW_PORTS_AT` higher. */
function atLowPorts(address: SshAddress, env: OperationContext['env']): SshAddress[] {
  const higher = Number(env['FLY_EDGE_LOW_PORTS_AT'] ?? 0);
  if (address.port >= 1024 || !Number.isInteger(higher) || higher <= 0) return [address];
  return [{ ...address, port: address.port + higher }, address];
}

/** The public ones together are a quarter of that. */
const MAXIMUM_AUTHORITIES_BYTES = 1024 * 1024;

/** Whom to trust at the edge: those of `FLY_EDGE_CA_FILE` alone, which a local emulator brings; `null` = those that Node trusts. */
async function readEdgeAuthorities(env: OperationContext['env']): Promise<string | null> {
  const file = env['FLY_EDGE_CA_FILE'];
  if (!file) return null;
  const read = await readLimitedText(file, MAXIMUM_AUTHORITIES_BYTES, { pipes: true });
  if ('text' in read) return read.text;
  throw flyError({
    code: 'FLY_AUTHORITY_UNREADABLE',
    kind: 'usage',
    message: `The file of FLY_EDGE_CA_FILE, ${file}, cannot be read: ${read.reason}.`,
    hint: 'It holds the certificates of those who may sign for the edge, in PEM. Unset it to trust the public ones.',
  });
}
