import * as Flags from '@oclif/core/flags';
import { EmulatorCommand } from '../../command-line/emulator-command.js';
import type { DaemonSettings } from '../../daemon/daemon-main.js';
import { stateDirFlag } from '../../command-line/state-dir-flag.js';
import type { StartAnswer } from '../../command-line/answers.js';

export default class EmulatorStart extends EmulatorCommand {
  static override summary = 'Start the local emulator, or find the one that runs.';
  static override description =
    'It runs in the background, listens on this computer only, and keeps its apps, volumes and machines until they are destroyed. Commands with --local start it by themselves.';
  static override examples = [
    { description: 'Start it', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Put idle machines to sleep after ten seconds',
      command: '<%= config.bin %> <%= command.id %> --idle-timeout 10',
    },
    {
      description: 'Use it from any Fly client',
      command: 'eval "$(<%= config.bin %> emulator env)"',
    },
  ];
  static override flags = {
    foreground: Flags.boolean({ summary: 'Stay in the foreground; Ctrl-C stops it.' }),
    runtime: Flags.option({
      summary: 'What machines are made of: real processes, or scripted answers.',
      options: ['processes', 'simulated'] as const,
      default: 'processes' as const,
    })(),
    port: Flags.integer({
      helpValue: 'PORT',
      summary: 'TCP port of the API on 127.0.0.1; 0 takes any free one.',
      default: 0,
      min: 0,
      max: 65535,
    }),
    'idle-timeout': Flags.integer({
      helpValue: 'SECONDS',
      summary: 'Seconds without a connection after which a machine sleeps. Default: 300.',
      min: 1,
    }),
    seed: Flags.integer({ helpValue: 'N', summary: 'Make ids and addresses the same in every run.' }),
    'rate-limits': Flags.boolean({ summary: "Enforce Fly's limits of calls per second." }),
    'state-dir': stateDirFlag,
  };

  async run() {
    const { flags } = await this.parse(EmulatorStart);
    const { daemonDirectory } =
      require('../../daemon/daemon-directory.js') as typeof import('../../daemon/daemon-directory.js');
    const settings: DaemonSettings = {
      directory: flags['state-dir'] ?? daemonDirectory(process.env),
      runtime: flags.runtime,
      port: flags.port,
      ...(flags['idle-timeout'] === undefined ? {} : { idleTimeoutMs: flags['idle-timeout'] * 1000 }),
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags['rate-limits'] ? { rateLimits: true } : {}),
    };
    if (flags.foreground) return this.stay(settings);
    const { shownInfo } = require('../../daemon/daemon-file.js') as typeof import('../../daemon/daemon-file.js');
    const { startDaemon } = require('../../daemon/start-daemon.js') as typeof import('../../daemon/start-daemon.js');
    const interrupted = new AbortController();
    const onInterrupt = (): void => interrupted.abort(new Error('interrupted'));
    process.once('SIGINT', onInterrupt);
    try {
      const info = await startDaemon(settings, interrupted.signal);
      this.log(
        `${info.reused ? 'The local emulator runs already' : 'The local emulator is running'}: ${info.url} (process ${info.pid}, machines are ${info.runtime}).`,
      );
      const { reused, env } = info;
      const answer: StartAnswer = {
        schema: 'sindri.emulator-start/1',
        ...shownInfo(info),
        reused,
        env,
        stateDir: settings.directory,
      };
      return answer;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const { DirectoryUnusable } =
        require('../../private-directory.js') as typeof import('../../private-directory.js');
      const { isFullDisk } = require('../../daemon/full-disk.js') as typeof import('../../daemon/full-disk.js');
      const full = isFullDisk(error);
      if (full || error instanceof DirectoryUnusable) {
        return this.error(`The local emulator did not start: ${full ? 'the disk is full' : message}.`, {
          exit: 2,
          suggestions: [
            `${full ? `Make room for ${settings.directory}` : 'Make it writable'}, or set SINDRI_STATE_DIR to another directory of yours.`,
          ],
        });
      }
      return this.error(`The local emulator did not start: ${message}`, { exit: 3 });
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  }

  private async stay(settings: DaemonSettings): Promise<StartAnswer> {
    const { runDaemon } = require('../../daemon/daemon-main.js') as typeof import('../../daemon/daemon-main.js');
    const { runningDaemon } = require('../../daemon/start-daemon.js') as typeof import('../../daemon/start-daemon.js');
    const running = await runningDaemon(settings.directory);
    if (running !== null) {
      this.error(
        `The local emulator runs already: ${running.url} (process ${running.pid}). Stop it first: ${this.config.bin} emulator stop`,
        { exit: 3 },
      );
    }
    let ended = (): void => {};
    const end = new Promise<void>((resolve) => (ended = resolve));
    const info = await runDaemon(settings, () => ended());
    this.log(`The local emulator is running: ${info.url}. Ctrl-C stops it.`);
    await end;
    const { url, pid, runtime, startedAt } = info;
    return { schema: 'sindri.emulator-start/1', url, pid, runtime, startedAt, stateDir: settings.directory };
  }
}
