import { BaseCommand } from '../../base-command.js';
import { providerFlag } from '../../flags.js';
import { formatAuthStatus } from '../../format/auth.js';
import { nextCommand } from '../../next-commands.js';
import { authStatus, authStatusExitCode } from '../../operations/auth-status.js';

export default class AuthStatusCommand extends BaseCommand {
  static override summary = 'Show who is signed in, by what, and what that may do.';
  static override description =
    'Looked at in this order, and the first that is there counts: environment variables, what auth login keeps, what another tool of the ' +
    'provider keeps. Asks the provider whether it takes the token. Never prints it. Exits 4 when nobody is signed in or the token is ' +
    'refused, 5 when that could not be found out.';
  static override examples = [
    { description: 'Am I signed in?', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Where the token comes from, for a program',
      command: "<%= config.bin %> <%= command.id %> --json | jq -r '.providers[0].sources[0].origin'",
    },
  ];
  static override flags = { provider: providerFlag };

  async run() {
    return this.perform(AuthStatusCommand, async ({ flags }, shell) => {
      const { provider, local } = flags;
      const result = await authStatus(shell, { local, ...(provider === undefined ? {} : { provider }) });
      return {
        document: result,
        text: (style) => formatAuthStatus(result, style, local, (words) => nextCommand(words, { local })),
        exitCode: authStatusExitCode(result),
      };
    });
  }
}
