import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { exitCodes } from '../exit-codes.js';
import { adoptFlag, envFileFlag, fromSourceFlag, imageFlags, imagePolicyOf, verboseFlag } from '../flags.js';
import { summarizePlan } from '../github-actions/step-summary.js';
import { formatPlan } from '../format/plan.js';
import { openFor } from '../operations/open.js';
import { savePlan } from '../operations/plan-file.js';
import { openPlanReader } from '../operations/plan-reader.js';
import { showOverBudget } from '../operations/over-budget.js';
import { showWarnings } from '../operations/warnings.js';

export default class PlanCommand extends BaseCommand {
  static override summary = 'Show what deploy would do, and what it would cost.';
  static override description =
    'Looks at what exists, compares it with sindri.yaml and changes nothing. A plan beyond its budget is shown and exits 6. ' +
    'deploy makes the same plan, or applies the one that --out has saved.';
  static override examples = [
    { description: 'What would a deploy change?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'On the local emulator, without an account',
      command: '<%= config.bin %> <%= command.id %> --local',
    },
    {
      description: 'In CI: exit 10 when there is something to do, and keep the plan for a later step',
      command: '<%= config.bin %> <%= command.id %> --detailed-exitcode --out plan.json',
    },
    {
      description: 'What would be taken over from another tool?',
      command: '<%= config.bin %> <%= command.id %> --adopt',
    },
    { description: 'What would destroy delete?', command: '<%= config.bin %> <%= command.id %> --destroy' },
  ];
  static override flags = {
    out: string({ summary: 'Save the plan for deploy --plan, or destroy --plan.', helpValue: 'FILE' }),
    'detailed-exitcode': boolean({ summary: 'Exit 10 when there are changes to make, 0 when there are none.' }),
    'from-source': fromSourceFlag,
    ...imageFlags,
    'env-file': envFileFlag,
    adopt: adoptFlag('Plan to take over, or with --destroy to delete,'),
    destroy: boolean({ summary: 'Plan what destroy would delete.' }),
    verbose: verboseFlag,
  };

  async run() {
    return this.perform(PlanCommand, async ({ flags }, shell) => {
      const environment = await openFor(shell, {
        ...flags,
        deploys: !flags.destroy,
        fromSource: flags['from-source'],
        envFile: flags['env-file'],
        images: imagePolicyOf(flags, this.config.version),
      });
      const plan = await environment.plan({
        intent: flags.destroy ? 'destroy' : 'deploy',
        ...(flags.adopt ? { adopt: true } : {}),
      });
      const reader = await openPlanReader(environment, flags.verbose);
      const shown = reader.shown(plan);
      showWarnings(reader.warnings(plan), shown, shell);
      await summarizePlan(shown, shell);
      showOverBudget(plan, shown, shell);
      const saved = flags.out === undefined ? null : await savePlan(plan, flags.out, shell.cwd);
      if (saved !== null) shell.say(() => `Saved in ${saved}`);
      return {
        document: plan,
        text: (style) => formatPlan(shown, style),
        exitCode: flags['detailed-exitcode'] && plan.changes.length > 0 ? exitCodes.changesToMake : exitCodes.done,
      };
    });
  }
}
