import { boolean, string } from '@oclif/core/flags';
import { ChangeCommand } from '../change-command.js';
import { adoptFlag, envFileFlag, fromSourceFlag, imageFlags } from '../flags.js';
import { formatDeploy } from '../format/deploy.js';
import { connectCommand } from '../next-commands.js';
import { deploy } from '../operations/deploy.js';

export default class DeployCommand extends ChangeCommand {
  static override summary = 'Make the environment match sindri.yaml.';
  static override description =
    'Shows the plan with its monthly cost, asks, applies it, and waits until the environment can be used. ' +
    'Running it again continues where an interrupted deploy stopped; when nothing changed, it changes nothing. ' +
    'Without a terminal it does not ask, and refuses plans that replace or lose something unless --yes is given. ' +
    'Exits 5 when the environment cannot be used afterwards, 6 when the image is not what it must be. ' +
    'Which image it was is remembered in sindri.lock beside the config.';
  static override examples = [
    { description: 'Deploy what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'On the local emulator, without an account',
      command: '<%= config.bin %> <%= command.id %> --local',
    },
    {
      description: 'In CI, as a stream of events',
      command: '<%= config.bin %> <%= command.id %> --yes --output ndjson',
    },
    {
      description: 'Another image than the file names',
      command: '<%= config.bin %> <%= command.id %> --image ghcr.io/pacphi/sindri:3.0.0',
    },
    {
      description: 'Build the image from source on Fly, and deploy it',
      command: '<%= config.bin %> <%= command.id %> --from-source',
    },
    {
      description: 'Take over an app that flyctl or an older Sindri made; look at the plan first',
      command: '<%= config.bin %> <%= command.id %> --adopt --dry-run',
    },
    {
      description: 'Apply a plan that was saved and read',
      command: '<%= config.bin %> <%= command.id %> --plan plan.json',
    },
  ];
  static override flags = {
    image: string({
      summary: 'Deploy this image instead of the one in sindri.yaml, or of one built from source.',
      helpValue: 'REFERENCE',
    }),
    'from-source': fromSourceFlag,
    ...imageFlags,
    'env-file': envFileFlag,
    adopt: adoptFlag('Take over'),
    detach: boolean({
      summary:
        'Return as soon as the platform has accepted the changes; do not wait until the environment can be used.',
    }),
  };

  protected override readonly deploys = true;

  async run() {
    return this.change(DeployCommand, {
      walk: ({ environment, shell, request }, { flags }) =>
        deploy(environment, shell, { ...request, detach: flags.detach, adopt: flags.adopt }),
      text: (result, style, { environment, request: { next } }) =>
        formatDeploy(result, style, { connect: connectCommand(environment.provider, next), status: next('status') }),
    });
  }
}
