import type { EnvironmentSpec, OperationContext } from '@sindri/core';
import { connectSsh, obtainCertificate, type SshConnection, type StreamOpener } from '@sindri/ssh';
import type { FlyApi } from '../api/client.js';
import type { Phases } from '../phase.js';
import { desiredNames } from '../planner/index.js';
import { quoted } from '../shell-word.js';
import type { Inside } from './inside.js';
import { attended } from './sleep-watch.js';

/** Whom Fly's own SSH server always knows, whatever the image. */
const USER = 'root';

export interface CertifiedLogin {
  api: FlyApi;
  spec: EnvironmentSpec;
  phases: Phases;
  via: StreamOpener;
  inside: Inside;
  context: OperationContext;
  /** A person waits for answers. */
  isAttended: boolean;
}

/**
 * Logs in at the SSH server that Fly runs in the machine, with a key that was made now and a certificate that Fly issues for it.
 * Rejects with `SSH_CERTIFICATE_INVALID`, the codes of the API, and those of `@sindri/ssh`.
 */
export async function connectCertified(login: CertifiedLogin): Promise<SshConnection> {
  const { api, spec, phases, via, inside, context, isAttended } = login;
  const { app } = desiredNames(spec);
  phases.begin('authenticate', 'Ask Fly for a certificate of an hour');
  const { organization } = await inside.networkOf();
  const certificate = await obtainCertificate((publicKey) =>
    api.privateNetwork.issueCertificate({ organization, app, user: USER, publicKey }),
  );
  const connection = await connectSsh({
    via,
    user: USER,
    identities: [certificate],
    // The tunnel ends at Fly, which nobody else can be: the gateway's key came through the API.
    hostKeys: null,
    signal: context.signal,
    clock: context.clock,
    ...(isAttended ? attended : {}),
    onPhase: (phase) => phases.begin(phase, phase === 'dial' ? `Dial ${via.where}` : `Log in as ${USER}`),
  });
  return {
    ...connection,
    session: (request) =>
      connection.session(
        // It runs a command without a shell: words, no `&&`, no `cd`.
        request.command === undefined ? request : { ...request, command: `sh -c ${quoted(request.command)}` },
      ),
    // It forwards nothing; on the private network the port itself can be reached.
    forward: (port) => inside.reach(port, context.signal),
  };
}
