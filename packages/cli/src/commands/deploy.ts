import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { durationFlag } from '../flags.js';
import { formatDeploy } from '../format/deploy.js';
import { nextCommand } from '../next-commands.js';
import { deploy } from '../operations/deploy.js';
import { openFor } from '../operations/open.js';
import { readPlan } from '../operations/plan-file.js';

export default class DeployCommand extends BaseCommand {
  static override summary = 'Make the environment what sindri.yaml says.';
  static override description =
    'Shows the plan with its monthly cost, asks, applies it, and waits until the environment can be used. ' +
    'Running it again continues where an interrupted deploy stopped; when nothing changed, it changes nothing. ' +
    'Without a terminal it does not ask, and refuses plans that replace or lose something unless --yes is given.';
  static override examples = [
    { description: 'Deploy what sindri.yaml here describes', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'On the local Fly, without an account', command: '<%= config.bin %> <%= command.id %> --local' },
    {
      description: 'In CI, as a stream of events',
      command: '<%= config.bin %> <%= command.id %> --yes --output ndjson',
    },
    {
      description: 'Another image than the file names',
      command: '<%= config.bin %> <%= command.id %> --image ghcr.io/pacphi/sindri:3.0.0',
    },
    {
      description: 'Apply a plan that was saved and read',
      command: '<%= config.bin %> <%= command.id %> --plan plan.json',
    },
  ];
  static override flags = {
    image: string({ summary: 'Deploy this image instead of the one in sindri.yaml.', helpValue: 'REFERENCE' }),
    'dry-run': boolean({ summary: 'Stop after the plan.', exclusive: ['plan'] }),
    yes: boolean({ char: 'y', summary: 'Do not ask.', env: 'SINDRI_YES' }),
    plan: string({ summary: 'Apply this plan, saved by plan --out.', helpValue: 'FILE' }),
    detach: boolean({ summary: 'Return once everything is ordered; do not wait until it can be used.' }),
    timeout: durationFlag({ summary: 'Give up after this time (600, 10m). Default: no limit.' }),
    'lock-timeout': durationFlag({ summary: "How long to wait for somebody else's deploy. Default: 60 s." }),
  };

  async run() {
    return this.perform(DeployCommand, async ({ flags }, shell) => {
      const plan = flags.plan === undefined ? undefined : await readPlan(flags.plan, shell.cwd);
      const environment = await openFor(shell, flags);
      const result = await deploy(environment, shell, {
        dryRun: flags['dry-run'],
        yes: flags.yes,
        plan,
        detach: flags.detach,
        timeoutMs: flags.timeout,
        lockTimeoutMs: flags['lock-timeout'],
      });
      const next = { connect: nextCommand('connect', flags), status: nextCommand('status', flags) };
      return { document: result, text: (style) => formatDeploy(result, style, next) };
    });
  }
}
