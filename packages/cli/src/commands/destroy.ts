import { boolean } from '@oclif/core/flags';
import { ChangeCommand } from '../change-command.js';
import { adoptFlag } from '../flags.js';
import { formatDestroy } from '../format/destroy.js';
import { destroy } from '../operations/destroy.js';

export default class DestroyCommand extends ChangeCommand {
  static override summary = 'Delete the environment and all its data.';
  static override description =
    'Shows what will be lost and what it saves, asks for the name of the environment, and looks again afterwards that nothing is left. ' +
    'Without a terminal it needs --yes.';
  static override examples = [
    { description: 'Destroy what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'What would be deleted?',
      command: '<%= config.bin %> <%= command.id %> --dry-run',
    },
    {
      description: 'Keep the volumes, to deploy again later',
      command: '<%= config.bin %> <%= command.id %> --keep-volumes',
    },
    { description: 'Without being asked', command: '<%= config.bin %> <%= command.id %> --yes' },
  ];
  static override flags = {
    adopt: adoptFlag('Also delete'),
    'keep-volumes': boolean({ summary: 'Leave the volumes in place; the next deploy uses them again.' }),
  };

  async run() {
    return this.change(DestroyCommand, {
      walk: ({ environment, shell, request }, { flags }) =>
        destroy(environment, shell, { ...request, keepVolumes: flags['keep-volumes'], adopt: flags.adopt }),
      text: (result, style, { request: { next } }) => formatDestroy(result, style, next),
    });
  }
}
