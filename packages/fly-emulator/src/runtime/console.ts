import { createSshEndpoint, type SshEndpoint } from './ssh/ssh-endpoint.js';
import type { LoginCheck } from './ssh/login.js';
import type { SessionServices } from './ssh/session-channel.js';

/** Fly's own SSH server in each machine, hallpass: its identity, and whom it lets in. */
export interface ConsoleAccess {
  /** OpenSSH private key text; asked for when somebody comes. */
  hostKeyPem(): string;
  login: LoginCheck;
}

/** Which machine to talk to where several containers run in one; here there is only one. */
const VARIABLES = /^(?:LANG|LC_[A-Z]+|TERM|FLY_SSH_MACHINE)$/;
const IDENT = 'Go';

/** Makes that server on the inside of a machine. It knows sessions and sftp; whether Fly's forwards anything is not known (unsure). */
export function createConsole(
  access: ConsoleAccess,
  services: SessionServices,
  log: (message: string) => void,
): SshEndpoint {
  return createSshEndpoint({
    hostKeyPem: access.hostKeyPem(),
    ident: IDENT,
    login: access.login,
    log,
    ...services,
    variables: VARIABLES,
  });
}
