import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { durationFlag } from '../flags.js';
import { formatDestroy } from '../format/destroy.js';
import { destroy } from '../operations/destroy.js';
import { openFor } from '../operations/open.js';

export default class DestroyCommand extends BaseCommand {
  static override summary = 'Take the environment and all its data away.';
  static override description =
    'Shows what will be lost and what it saves, asks for the name of the environment, and looks again afterwards that nothing is left.';
  static override examples = [
    { description: 'Destroy what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Keep the volumes, to deploy again later',
      command: '<%= config.bin %> <%= command.id %> --keep-volumes',
    },
    { description: 'Without being asked', command: '<%= config.bin %> <%= command.id %> --yes' },
  ];
  static override flags = {
    yes: boolean({ char: 'y', summary: 'Do not ask for the name.', env: 'SINDRI_YES' }),
    'keep-volumes': boolean({ summary: 'Leave the volumes in place.' }),
    timeout: durationFlag({ summary: 'Give up after this time (600, 10m). Default: no limit.' }),
    'lock-timeout': durationFlag({ summary: "How long to wait for somebody else's deploy. Default: 60 s." }),
  };

  async run() {
    return this.perform(DestroyCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, flags);
      const result = await destroy(environment, shell, {
        yes: flags.yes,
        keepVolumes: flags['keep-volumes'],
        timeoutMs: flags.timeout,
        lockTimeoutMs: flags['lock-timeout'],
      });
      return { document: result, text: (style) => formatDestroy(result, style) };
    });
  }
}
