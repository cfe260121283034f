import { coreError } from '../error.js';
import { connectedInstanceFlag } from '../flags.js';
import { core } from '../lazy.js';
import { PortsCommand } from '../ports-command.js';

/** What the image's SSH server listens on, under a number that is free here. */
const SSH = '10022:2222';

/** Who typed `tunnel` has named no method, and wants ports. */
function adviseForward(error: unknown, words: readonly string[]): unknown {
  const { isSindriError } = core();
  if (!isSindriError(error) || error.code !== 'CONNECTION_METHOD_UNKNOWN') return error;
  const { code, details } = error;
  return coreError({
    code,
    kind: 'usage',
    message: `The provider "${String(details['provider'])}" has no private network that a tunnel could lead into.`,
    hint: `Ports of the environment: sindri forward ${words.join(' ')}`,
    details,
    cause: error,
  });
}

export default class TunnelCommand extends PortsCommand {
  static override summary = "Reach ports on the platform's private network from this computer, until Ctrl-C.";
  static override description =
    'For networks from which no address of the environment can be reached. On Fly it is WireGuard inside this process: no root, no flyctl. ' +
    `Without ports it is ${SSH}, for any SSH client. Listens on 127.0.0.1 and ::1 only. A program inside must listen on all addresses; ` +
    'what listens on 127.0.0.1 there is reached with `sindri forward`.';
  static override usage = ['<%= command.id %> [[LOCAL:]REMOTE...]'];
  static override examples = [
    { description: 'SSH on port 10022 of this computer', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'A database on its usual port', command: '<%= config.bin %> <%= command.id %> 5432' },
  ];
  static override flags = { instance: connectedInstanceFlag };
  // The framework looks at the class itself only, not at what it extends.
  static override strict = false;

  async run() {
    return this.carry(TunnelCommand, { method: 'proxy', usual: SSH, advise: adviseForward });
  }
}
