import type { OperationContext } from '@sindri/core';
import { connectSsh, obtainCertificate, type SshCertificate, type SshConnection, type StreamOpener } from '@sindri/ssh';
import type { FlyApi } from '../api/client.js';
import type { Phases } from '../phase.js';
import { anticipate, type WhoseNetwork } from '../private-network/whose-network.js';
import { quoted } from '../shell-word.js';
import type { Inside } from './inside.js';
import { attended } from './sleep-watch.js';

/** Whom Fly's own SSH server always knows, whatever the image. */
const USER = 'root';

export interface CertifiedLogin {
  certificate: Promise<SshCertificate>;
  phases: Phases;
  via: StreamOpener;
  inside: Inside;
  context: OperationContext;
  /** A person waits for answers. */
  isAttended: boolean;
}

/**
 * A key that is made now, and the certificate that Fly issues for it: an hour's way to every machine of the app. Changes nothing, so it
 * may be asked for while the machine is looked for. Rejects with `SSH_CERTIFICATE_INVALID` and the codes of the API.
 */
export function askForCertificate(api: FlyApi, app: string, of: WhoseNetwork): Promise<SshCertificate> {
  return obtainCertificate((publicKey) =>
    anticipate(of, ({ organization }) =>
      api.privateNetwork.issueCertificate({ organization, app, user: USER, publicKey }),
    ),
  );
}

/**
 * Logs in at the SSH server that Fly runs in the machine. Rejects as the certificate does, and with the codes of `@sindri/ssh`.
 */
export async function connectCertified(login: CertifiedLogin): Promise<SshConnection> {
  const { phases, via, inside, context, isAttended } = login;
  phases.begin('authenticate', 'Ask Fly for a certificate of an hour');
  const certificate = await login.certificate;
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
