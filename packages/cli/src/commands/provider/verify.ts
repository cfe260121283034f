import { string } from '@oclif/core/args';
import { string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { exitCodes } from '../../exit-codes.js';
import { durationFlag } from '../../flags.js';
import { formatConformance } from '../../format/conformance.js';
import { verifyProvider, type VerifyResult } from '../../operations/provider-verify.js';

export default class ProviderVerifyCommand extends BaseCommand {
  static override summary = 'Check that an installed provider conforms to the contract.';
  static override description =
    'Runs the conformance kit. With --local, full lifecycles are exercised on the local emulator: each case deploys an environment ' +
    'under a new name and destroys it. Without it they need a conformance subject in the package of the provider; where there is ' +
    'none, only the cases that need no platform run. A run that is interrupted or takes too long reports what it has found out so ' +
    'far. Exits 3 when a case failed.';
  static override examples = [
    {
      description: 'Check a provider that was installed or linked',
      command: '<%= config.bin %> <%= command.id %> fly',
    },
    {
      description: 'Run every case on the local emulator',
      command: '<%= config.bin %> <%= command.id %> fly --local',
    },
    {
      description: 'Run only the cases about exec',
      command: '<%= config.bin %> <%= command.id %> fly --local --case "exec:*"',
    },
    {
      description: 'Only what failed, for a program',
      command: '<%= config.bin %> <%= command.id %> fly --json | jq \'.cases[] | select(.status == "failed")\'',
    },
  ];
  static override args = {
    name: string({ required: true, ignoreStdin: true, description: 'The name of the provider, see provider list.' }),
  };

  static override flags = {
    case: stringFlag({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'PATTERN',
      summary: 'Run only the cases whose name contains this, or matches it as a whole with * and ?. Repeatable.',
    }),
    timeout: durationFlag({
      summary: 'Give up after this time (600, 10m) and report what is known by then. Default: no limit.',
    }),
  };

  async run() {
    return this.perform(ProviderVerifyCommand, async ({ args, flags }, shell) => {
      const report = await verifyProvider(shell, {
        name: args.name,
        local: flags.local,
        ...(flags.case === undefined ? {} : { cases: flags.case }),
        ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
      });
      return {
        document: report,
        text: (style) => formatConformance(report, style),
        exitCode: exitCodeFor(report, shell.signal),
      };
    });
  }
}

/** Whoever interrupts gets the usual status, whatever was found out until then. */
function exitCodeFor({ status }: VerifyResult, { aborted }: AbortSignal): number {
  if (aborted) return exitCodes.interrupted;
  if (status === 'aborted') return exitCodes.incomplete;
  return status === 'passed' ? exitCodes.done : exitCodes.refused;
}
