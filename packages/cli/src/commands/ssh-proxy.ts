import { BaseCommand } from '../base-command.js';
import { connectedInstanceFlag } from '../flags.js';
import { openFor } from '../operations/open.js';
import { proxySsh } from '../operations/ssh-proxy.js';

export default class SshProxyCommand extends BaseCommand {
  static override summary = 'Carry the bytes of an OpenSSH client: the ProxyCommand that ssh-config writes.';
  static override hidden = true;
  static override flags = { instance: connectedInstanceFlag };

  async run() {
    return this.perform(
      SshProxyCommand,
      async ({ flags }, shell) => proxySsh(await openFor(shell, flags), shell, flags),
      { remote: true },
    );
  }
}
