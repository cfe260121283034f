import { pipeline } from 'node:stream/promises';
import type { Environment } from '@sindri/core';
import { core, ssh } from '../lazy.js';
import type { Answer, Shell } from '../shell.js';
import { sshPlace, type SshPlaceRequest } from '../ssh-config/place.js';
import { routeTo, wakeForSsh } from './ssh-route.js';

const DIAL_TIMEOUT_MS = 60_000;

/**
 * The connection of an OpenSSH client: stdin and stdout carry its bytes, and nothing else. Wakes the environment first, and renews the
 * host keys that `ssh-config` has written: OpenSSH reads them after it has got the greeting of the server, which passes through here.
 */
export async function proxySsh(environment: Environment, shell: Shell, request: SshPlaceRequest): Promise<Answer> {
  const target = await wakeForSsh(environment, request.instance);
  const place = sshPlace(environment, shell.env, request);
  const files = core().createFileStore(place.directory);
  // Only where somebody has asked for these files.
  const before = await files.read(place.knownHosts);
  // The config names one alias, whichever of several instances answers today.
  const alias = before?.split(' ', 1)[0] || target.hostKeyAlias;
  const known = ssh().formatKnownHosts(alias, target.hostKeys);
  if (before !== null && before !== known) await files.write(place.knownHosts, known);

  const { signal, streams } = shell;
  const { stream } = await routeTo(target, environment).open({
    signal,
    clock: core().systemClock,
    timeoutMs: DIAL_TIMEOUT_MS,
  });
  shell.handOver();
  // Whichever side ends first: a client that has gone leaves nobody to read, a server that has gone leaves nothing to send.
  const sent = pipeline(streams.stdin, stream, { end: true });
  const received = pipeline(stream, streams.stdout, { end: false });
  await Promise.race([received, sent.then(() => received)]).catch(() => undefined);
  sent.catch(() => undefined);
  stream.destroy();
  return { streamed: true, exitCode: 0 };
}
