import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../../base-command.js';
import { formatTunnelPeers } from '../../../format/tunnel-peers.js';
import { nextCommand } from '../../../next-commands.js';
import { openFor } from '../../../operations/open.js';
import { listTunnelPeers } from '../../../operations/tunnel-peers.js';

export default class TunnelPeersListCommand extends BaseCommand {
  static override summary = "Show which computers are let into the platform's private network.";
  static override description =
    'On Fly these are the WireGuard peers of the organization: connect, tunnel and the like make one when they need it, and keep its key here for ' +
    'the next time. A peer whose key is not here any more is of no use to anybody. Peers of other computers and other tools are counted, and ' +
    'listed with --all.';
  static override examples = [
    { description: 'What has this computer left there?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Also those of others', command: '<%= config.bin %> <%= command.id %> --all' },
    {
      description: 'Names of peers that nobody can use, for a program',
      command: '<%= config.bin %> <%= command.id %> --json | jq -r \'.peers[] | select(.state == "keyless").name\'',
    },
  ];
  static override flags = {
    all: boolean({ char: 'a', summary: 'Also list the peers of other computers and other tools.' }),
  };

  async run() {
    return this.perform(TunnelPeersListCommand, async ({ flags }, shell) => {
      const result = await listTunnelPeers(await openFor(shell, flags), { all: flags.all });
      return {
        document: result,
        text: (style) => formatTunnelPeers(result, style, (words) => nextCommand(words, flags)),
      };
    });
  }
}
