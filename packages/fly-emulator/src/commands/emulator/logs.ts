import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';
import type { LogsAnswer } from '../../command-line/answers.js';

interface LogPage {
  data: { attributes: { timestamp: string; message: string; level: string; instance: string } }[];
}

export default class EmulatorLogs extends EmulatorCommand {
  static override summary = 'Show what the local emulator, or one of its apps, has written.';
  static override examples = [
    { description: 'The log of the emulator itself', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'The log of one app', command: '<%= config.bin %> <%= command.id %> my-sindri-fly' },
  ];
  static override args = { app: Args.string({ description: 'An app; without it the emulator itself.' }) };
  static override flags = {
    lines: Flags.integer({ helpValue: 'N', summary: 'How many of the newest lines.', default: 100, min: 1 }),
    'state-dir': stateDirFlag,
  };

  async run() {
    const { args, flags } = await this.parse(EmulatorLogs);
    const lines =
      args.app === undefined ? this.ownLines(flags['state-dir']) : await this.appLines(args.app, flags['state-dir']);
    const shown = lines.slice(-flags.lines);
    for (const line of shown) this.log(line);
    if (shown.length === 0) this.logToStderr(nothing(args.app));
    const answer: LogsAnswer = { schema: 'sindri.emulator-logs/1', lines: shown };
    return answer;
  }

  private ownLines(stateDir: string | undefined): string[] {
    const { existsSync, readFileSync } = require('node:fs') as typeof import('node:fs');
    const { daemonDirectory } =
      require('../../daemon/daemon-directory.js') as typeof import('../../daemon/daemon-directory.js');
    const { daemonLogFile } = require('../../daemon/daemon-file.js') as typeof import('../../daemon/daemon-file.js');
    const file = daemonLogFile(stateDir ?? daemonDirectory(process.env));
    return existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  }

  private async appLines(app: string, stateDir: string | undefined): Promise<string[]> {
    const { requireDaemon } =
      require('../../command-line/require-daemon.js') as typeof import('../../command-line/require-daemon.js');
    const info = await requireDaemon(this, stateDir);
    const response = await fetch(`${info.url}/api/v1/apps/${encodeURIComponent(app)}/logs`, {
      headers: { authorization: `Bearer ${info.env.FLY_API_TOKEN}` },
    });
    if (!response.ok)
      this.error(`There is no app ${app} on the local emulator. Its apps: sindri emulator status`, { exit: 3 });
    const { data } = (await response.json()) as LogPage;
    return data.map(
      ({ attributes: { timestamp, instance, level, message } }) => `${timestamp} ${instance} [${level}] ${message}`,
    );
  }
}

/** The emulator itself writes only of trouble; what its machines write stands in the logs of the apps. */
function nothing(app: string | undefined): string {
  if (app !== undefined) return `${app} has written nothing yet.`;
  return 'The local emulator has written nothing: it had no trouble. The log of one app: sindri emulator logs APP';
}
