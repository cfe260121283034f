import { BaseCommand } from '../../base-command.js';
import { providerFlag } from '../../flags.js';
import { formatLogout } from '../../format/auth.js';
import { logout } from '../../operations/auth-logout.js';

export default class AuthLogoutCommand extends BaseCommand {
  static override summary = 'Forget the sign-in that is kept here.';
  static override description =
    'Removes what auth login has kept, from the keyring or its file, and says what still signs you in: an environment variable, or what ' +
    'another tool keeps. The token itself stays valid until the provider is told to revoke it.';
  static override examples = [
    { description: 'Sign out', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Of one provider, when several have a sign-in',
      command: '<%= config.bin %> <%= command.id %> --provider fly',
    },
  ];
  static override flags = { provider: providerFlag };

  async run() {
    return this.perform(AuthLogoutCommand, async ({ flags }, shell) => {
      const { provider, local } = flags;
      const result = await logout(shell, { local, ...(provider === undefined ? {} : { provider }) });
      return { document: result, text: (style) => formatLogout(result, style, local) };
    });
  }
}
