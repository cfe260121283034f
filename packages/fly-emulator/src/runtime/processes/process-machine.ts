import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { MachineExit, MachineInstance, MachineProcess } from '../machine-runtime.js';
import type { SshEndpoint } from '../ssh/ssh-endpoint.js';
import { createLink, type LinkGate } from '../../streams/link.js';
import { type InsidePorts, refused } from './inside-connection.js';
import type { MachinePlaces } from './machine-root.js';
import type { MachineProcesses } from './machine-processes.js';
import { resolveProgram } from './main-command.js';
import { describeProcesses } from './process-stats.js';
import { runToEnd } from './run-to-end.js';
import { signalNamed, signalNumber } from './signals.js';

/** The parts of a machine whose main process runs. */
export interface RunningParts {
  main: ChildProcess;
  processes: MachineProcesses;
  ports: InsidePorts;
  places: MachinePlaces;
  env: Record<string, string>;
  gate: LinkGate;
  /** Makes Fly's own SSH server; `null` when the machine has none. */
  openConsole: (() => SshEndpoint) | null;
  /** The SSH server and its port; `null` when the machine has none. */
  ssh: { endpoint: SshEndpoint; port: number } | null;
  onExit(exit: MachineExit): void;
}

/** How long a stream of the main process may stay open after everything has been ended. */
const LAST_OUTPUT_MS = 1000;

/** A machine whose main process runs. It ends as a whole with that process, for whatever reason. */
export function createProcessMachine(parts: RunningParts): MachineInstance {
  const { main, processes, ports, places, gate, ssh } = parts;
  let ended = false;
  let ownConsole: SshEndpoint | null = null;
  const closed = new Promise<void>((resolve) => main.once('close', () => resolve()));
  const over = new Promise<void>((resolve) => {
    main.once('exit', (code, signal) => {
      ended = true;
      ssh?.endpoint.close();
      ownConsole?.close();
      gate.thaw();
      void processes
        .kill()
        .then(() => withinMs(closed, LAST_OUTPUT_MS))
        .then(() => {
          parts.onExit({
            code: code ?? 128 + signalNumber(signal),
            signal: signalNumber(signal),
            oomKilled: false,
          });
          resolve();
        });
    });
  });

  const requireRunning = (): void => {
    if (ended) throw new Error('the machine is not running');
  };
  const reach = (endpoint: SshEndpoint): Duplex => {
    const [near, far] = createLink(gate);
    endpoint.accept(far);
    return near;
  };
  return {
    async exec({ command, stdin, timeoutMs }) {
      requireRunning();
      if (gate.frozen) throw new Error('the machine is suspended');
      const program = resolveProgram(command, places);
      return runToEnd(
        { ...program, cwd: places.root, env: parts.env, owner: processes },
        { ...(stdin === undefined ? {} : { stdin }), timeoutMs },
      );
    },
    async ps() {
      requireRunning();
      return [
        ...(await describeProcesses(await processes.list(), places.shown)),
        // The server lives in the emulator's own process; clients look for its listener in the machine.
        ...(ssh ? [sshdRow(ssh.port)] : []),
      ];
    },
    async signal(name) {
      requireRunning();
      const signal = signalNamed(name);
      if (!signal) throw new Error(`unknown signal ${name}`);
      main.kill(signal);
    },
    async freeze() {
      requireRunning();
      gate.freeze();
      await processes.freeze();
    },
    async thaw() {
      requireRunning();
      await processes.thaw();
      gate.thaw();
    },
    async stop({ signal, timeoutMs }) {
      if (!ended && !gate.frozen) {
        main.kill(signalNamed(signal) ?? 'SIGINT');
        await withinMs(over, timeoutMs);
      }
      // A frozen machine has nobody to tell: its memory is dropped.
      if (!ended) await processes.kill();
      await over;
    },
    async connect(port) {
      if (ended) throw refused(port);
      if (ssh && port === ssh.port) return reach(ssh.endpoint);
      return ports.connect(port, 'network');
    },
    async connectConsole() {
      if (ended || !parts.openConsole) throw refused(CONSOLE_PORT);
      return reach((ownConsole ??= parts.openConsole()));
    },
  };
}

const CONSOLE_PORT = 22;
const SSHD_PID = 3;

function sshdRow(port: number): MachineProcess {
  const sockets = [{ proto: 'tcp', address: `0.0.0.0:${port}` }];
  const command = 'sshd: /usr/sbin/sshd -D';
  return { pid: SSHD_PID, stime: 0, rtime: 0, command, directory: '/', cpu: 0, rss: 0, listen_sockets: sockets };
}

async function withinMs(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
