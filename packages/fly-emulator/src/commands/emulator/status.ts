import { EmulatorCommand } from '../../command-line/emulator-command.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';
import type { StatusAnswer } from '../../command-line/answers.js';

interface Snapshot {
  apps: { name: string }[];
  machines: { app: string; name: string; state: string }[];
}

export default class EmulatorStatus extends EmulatorCommand {
  static override summary = 'Show whether the local emulator runs, and what is on it.';
  static override examples = [
    { description: 'Look at it', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Is it running?', command: '<%= config.bin %> <%= command.id %> --json | jq .running' },
  ];
  static override flags = { 'state-dir': stateDirFlag };

  async run(): Promise<StatusAnswer> {
    const schema = 'sindri.emulator-status/1';
    const { flags } = await this.parse(EmulatorStatus);
    const { daemonDirectory } =
      require('../../daemon/daemon-directory.js') as typeof import('../../daemon/daemon-directory.js');
    const { runningDaemon } = require('../../daemon/start-daemon.js') as typeof import('../../daemon/start-daemon.js');
    const { callDaemon } = require('../../daemon/daemon-client.js') as typeof import('../../daemon/daemon-client.js');
    const stateDir = flags['state-dir'] ?? daemonDirectory(process.env);
    const info = await runningDaemon(stateDir);
    if (info === null) {
      const { unknownDaemon, unknownDaemonText } =
        require('../../daemon/unknown-daemon.js') as typeof import('../../daemon/unknown-daemon.js');
      const pid = unknownDaemon(stateDir);
      if (pid !== null) {
        this.log(unknownDaemonText(pid, this.config.bin));
        return { schema, running: false, unknownProcess: pid, stateDir };
      }
      this.log(`The local emulator does not run. Start it: ${this.config.bin} emulator start`);
      return { schema, running: false, stateDir };
    }
    const { apps, machines } = (await callDaemon(info, 'GET', '/state')) as Snapshot;
    const alive = machines.filter((machine) => machine.state !== 'destroyed');
    this.log(
      `The local emulator runs: ${info.url} (process ${info.pid}, since ${info.startedAt.slice(0, 19).replace('T', ' ')} UTC, machines are ${info.runtime}).`,
    );
    if (apps.length === 0) this.log('No apps.');
    for (const app of apps) {
      const states = alive.filter((machine) => machine.app === app.name).map(({ name, state }) => `${name} ${state}`);
      this.log(`  ${app.name}: ${states.join(', ') || 'no machine'}`);
    }
    const { shownInfo } = require('../../daemon/daemon-file.js') as typeof import('../../daemon/daemon-file.js');
    return { schema, running: true, ...shownInfo(info), stateDir, apps, machines: alive };
  }
}
