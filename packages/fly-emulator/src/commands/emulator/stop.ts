import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';
import type { StopAnswer } from '../../command-line/answers.js';

export default class EmulatorStop extends EmulatorCommand {
  static override summary = 'Stop the local emulator and its machines.';
  static override description = 'Apps, volumes and machines stay; the next start brings them back.';
  static override examples = [
    { description: 'Stop it', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Stop it in a script', command: '<%= config.bin %> <%= command.id %> --json' },
  ];
  static override flags = { 'state-dir': stateDirFlag };

  async run() {
    const { flags } = await this.parse(EmulatorStop);
    const { daemonDirectory } =
      require('../../daemon/daemon-directory.js') as typeof import('../../daemon/daemon-directory.js');
    const { stopDaemon } = require('../../daemon/stop-daemon.js') as typeof import('../../daemon/stop-daemon.js');
    const stopped = await stopDaemon(flags['state-dir'] ?? daemonDirectory(process.env), AbortSignal.timeout(60_000));
    this.log(stopped === null ? 'The local emulator does not run.' : 'The local emulator has stopped.');
    const answer: StopAnswer = { schema: 'sindri.emulator-stop/1', stopped: stopped !== null };
    return answer;
  }
}
