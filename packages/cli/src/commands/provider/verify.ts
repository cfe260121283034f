import { string } from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { exitCodes } from '../../exit-codes.js';
import { formatConformance } from '../../format/conformance.js';
import { verifyProvider } from '../../operations/provider-verify.js';

export default class ProviderVerifyCommand extends BaseCommand {
  static override summary = 'Prove that an installed provider keeps the promises of the contract.';
  static override description =
    'Runs the conformance kit. With --local, whole lives of an environment are tried on the local stand-in: each case deploys one ' +
    'under a new name and destroys it. Without it they need a conformance subject in the package of the provider; where there is ' +
    'none, only the cases that need no platform run. Exits 3 when a case failed.';
  static override examples = [
    {
      description: 'Judge a provider that was installed or linked',
      command: '<%= config.bin %> <%= command.id %> fly',
    },
    {
      description: 'Try everything on the embedded Fly',
      command: '<%= config.bin %> <%= command.id %> fly --local',
    },
    {
      description: 'Only what failed, for a program',
      command: '<%= config.bin %> <%= command.id %> fly --json | jq \'.cases[] | select(.status == "failed")\'',
    },
  ];
  static override args = {
    name: string({ required: true, ignoreStdin: true, description: 'The name of the provider, see provider list.' }),
  };

  async run() {
    return this.perform(ProviderVerifyCommand, async ({ args, flags }, shell) => {
      const report = await verifyProvider(shell, { name: args.name, local: flags.local });
      return {
        document: report,
        text: (style) => formatConformance(report, style),
        exitCode: report.status === 'passed' ? exitCodes.done : exitCodes.refused,
      };
    });
  }
}
