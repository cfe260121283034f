import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { formatLogin } from '../../format/auth.js';
import { login } from '../../operations/auth-login.js';
import { providerFlag } from '../../flags.js';

export default class AuthLoginCommand extends BaseCommand {
  static override summary = 'Sign in to a provider, in the browser.';
  static override description =
    'Opens a page of the provider and waits until you approve; where no browser is, the page can be opened on another computer and its ' +
    'code typed in. The token is kept in the keyring of this computer, or in a file that only you can read where there is none ' +
    '(SINDRI_KEYRING=none wants that). An environment variable such as FLY_API_TOKEN comes before it. A token may do everything ' +
    'that you may: --org and --app lock it.';
  static override examples = [
    { description: 'In the browser', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For one app only', command: '<%= config.bin %> <%= command.id %> --org my-team --app my-app' },
    {
      description: 'With a token that is there already, without a terminal',
      command: '<%= config.bin %> <%= command.id %> --with-token < token.txt',
    },
  ];
  static override flags = {
    provider: providerFlag,
    'with-token': boolean({ summary: 'Read a token from standard input; it is tried before it is kept.' }),
    org: string({
      summary: 'Lock the token to this organization.',
      helpValue: 'NAME',
      exclusive: ['with-token'],
    }),
    app: string({ summary: 'Lock the token to this app.', helpValue: 'NAME', exclusive: ['with-token'] }),
  };

  async run() {
    return this.perform(AuthLoginCommand, async ({ flags }, shell) => {
      const { provider, local, org, app } = flags;
      const lock = { ...(org === undefined ? {} : { organization: org }), ...(app === undefined ? {} : { app }) };
      const place = { local, ...(provider === undefined ? {} : { provider }) };
      const result = await login(shell, { ...place, withToken: flags['with-token'], lock });
      return { document: result, text: (style) => formatLogin(result, style, local) };
    });
  }
}
