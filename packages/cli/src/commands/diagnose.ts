import { BaseCommand } from '../base-command.js';
import { formatDiagnose } from '../format/diagnose.js';
import { diagnose, diagnoseExitCode } from '../operations/diagnose.js';
import { openFor } from '../operations/open.js';

export default class DiagnoseCommand extends BaseCommand {
  static override summary = 'Find out what is wrong with the environment, and how to repair it.';
  static override description =
    'Looks at it from outside and, while it runs, from inside: asleep in the middle of an installation, connections that time out or are refused, ' +
    'keys that are not admitted, a full volume, too little memory, no address for SSH. Says what was seen and what to type. Changes ' +
    'nothing and wakes nothing. Exits 3 when there is a problem. What a deploy needs is checked by doctor.';
  static override examples = [
    { description: 'Why can I not get in?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The commands alone',
      command: "<%= config.bin %> <%= command.id %> --json | jq -r '.findings[].fix[].command // empty'",
    },
  ];

  async run() {
    return this.perform(DiagnoseCommand, async ({ flags }, shell) => {
      const result = await diagnose(await openFor(shell, flags));
      return {
        document: result,
        text: (style) => formatDiagnose(result, style),
        exitCode: diagnoseExitCode(result),
      };
    });
  }
}
