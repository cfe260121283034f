import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../../base-command.js';
import { changeFlags } from '../../../flags.js';
import { formatPrunedPeers } from '../../../format/tunnel-peers.js';
import { openFor } from '../../../operations/open.js';
import { pruneTunnelPeers } from '../../../operations/tunnel-peers.js';

export default class TunnelPeersPruneCommand extends BaseCommand {
  static override summary = "Remove this computer's peers that no command uses.";
  static override description =
    'Removes them at the platform, and their keys here; the next command that needs one makes another. Peers of other computers and other ' +
    'tools are only removed when they are named. Shows what it would remove, and asks first.';
  static override usage = ['<%= command.id %> [NAME...]'];
  static override examples = [
    { description: 'What would go?', command: '<%= config.bin %> <%= command.id %> --dry-run' },
    { description: 'Without a question', command: '<%= config.bin %> <%= command.id %> --yes' },
    {
      description: 'A peer that another tool has made',
      command: '<%= config.bin %> <%= command.id %> interactive-old-laptop-me-example-com-01J8',
    },
  ];
  static override flags = {
    'dry-run': boolean({ summary: 'Show what would be removed, and stop.' }),
    yes: changeFlags.yes,
  };
  static override strict = false;

  async run() {
    return this.perform(TunnelPeersPruneCommand, async ({ flags, argv }, shell) => {
      const { 'dry-run': dryRun, yes } = flags;
      const names = argv as string[];
      const result = await pruneTunnelPeers(await openFor(shell, flags), shell, { names, dryRun, yes });
      return { document: result, text: (style) => formatPrunedPeers(result, style) };
    });
  }
}
