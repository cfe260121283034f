import { spawn, type ChildProcess } from 'node:child_process';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { createConsole, type ConsoleAccess } from '../console.js';
import type { BootRequest, MachineInstance, MachineRuntime } from '../machine-runtime.js';
import { authorizedKeyLogin } from '../ssh/login.js';
import { createSshEndpoint, type SshEndpoint } from '../ssh/ssh-endpoint.js';
import { createSftpPaths, type SftpPaths } from '../ssh/sftp-paths.js';
import { createLink, createLinkGate, type LinkGate } from '../../streams/link.js';
import { copyTree, removeTree } from './file-tree.js';
import { createConsoleShell } from './console-shell.js';
import { guestEnvironment } from './guest-environment.js';
import { createGuestShell } from './guest-shell.js';
import { createInsidePorts, type InsidePorts } from './inside-connection.js';
import { readLines } from './log-lines.js';
import { isMarkOf, machineMark } from './machine-mark.js';
import { prepareRoot, type MachinePlaces } from './machine-root.js';
import { createMachineProcesses, type MachineProcesses } from './machine-processes.js';
import { configuredCommand, resolveProgram, writeEntrypoint } from './main-command.js';
import { withoutTerminals } from './open-terminals.js';
import { createProcessMachine, type RunningParts } from './process-machine.js';
import { createProcessSockets } from './process-sockets.js';
import { bootSindriImage, ImageBootError } from './sindri-image.js';
import { createTreeSizes } from './tree-size.js';

export interface ProcessRuntimeOptions {
  /** Private directory of this runtime; each machine gets `<app>/<machineId>/root` below it. */
  directory: string;
  /** Names the emulator in the marks of its processes. */
  emulatorId: string;
  /** Where a volume's data lives; it outlasts the machines that mount it. */
  volumeDirectory(volumeId: string): string;
  random: () => number;
}

/** A runtime that leaves nothing behind. */
export interface ProcessRuntime extends MachineRuntime {
  /** Ends every process of every machine by force, also those of an emulator that died with this directory. */
  close(): Promise<void>;
}

/** The keys that sshd of the Sindri image lets a client try, and its sessions per connection. */
const IMAGE_SSH_LIMITS = { maxAuthTries: 3, maxSessions: 3 };

/**
 * Machines made of real processes of this computer: a private root directory, volumes as directories, a real shell over SSH. They
 * share the computer's network, users and file system; nothing here protects the computer from what runs in a machine.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  const everything = createMachineProcesses(isMarkOf(options.directory));
  // What an emulator that was killed has left would hold ports and write to volumes.
  const swept = everything.kill();

  const sizes = createTreeSizes();
  const machineDirectory = (app: string, machineId: string): string =>
    path.join(options.directory, requireId(app), requireId(machineId));
  const volumeDirectory = (volumeId: string): string => options.volumeDirectory(requireId(volumeId));
  const processesOf = (app: string, machineId: string): { mark: string; processes: MachineProcesses } => {
    const mark = machineMark(options.emulatorId, options.directory, requireId(app), requireId(machineId));
    return { mark, processes: createMachineProcesses((found) => found === mark) };
  };

  return {
    kind: 'processes',
    async boot(request) {
      await swept;
      const { mark, processes } = processesOf(request.app, request.machineId);
      await processes.kill();
      const root = path.join(machineDirectory(request.app, request.machineId), 'root');
      const places = await prepareRoot(root, request, volumeDirectory);
      return bootMachine(request, places, guestEnvironment(request, places, mark), processes);
    },
    async discard(app, machineId) {
      await processesOf(app, machineId).processes.kill();
      await removeTree(machineDirectory(app, machineId));
      await fs.rmdir(path.dirname(machineDirectory(app, machineId))).catch(() => {});
    },
    async discardVolume(volumeId) {
      await removeTree(volumeDirectory(volumeId));
    },
    async copyVolume(fromId, toId) {
      await copyTree(volumeDirectory(fromId), volumeDirectory(toId));
    },
    volumeBytes: (volumeId) => sizes.bytes(volumeDirectory(volumeId)),
    async close() {
      await swept;
      await everything.kill();
    },
  };
}

async function bootMachine(
  request: BootRequest,
  places: MachinePlaces,
  env: Record<string, string>,
  processes: MachineProcesses,
): Promise<MachineInstance> {
  const gate = createLinkGate();
  const ports = createInsidePorts(async () => (await processes.list()).map(({ pid }) => pid));
  const configured = configuredCommand(request.config);
  let program: MainProgram;
  let ssh: RunningParts['ssh'] = null;
  if (configured) {
    program = { ...resolveProgram(configured, places), keepsInput: false };
  } else {
    program = { file: '/bin/sh', args: [await writeEntrypoint(places)], keepsInput: true };
    try {
      ssh = await startImage(request, places, env, processes, ports, gate);
    } catch (error) {
      if (!(error instanceof ImageBootError)) throw error;
      request.log(error.message, 'error');
      program = { file: '/bin/sh', args: ['-c', 'exit 1'], keepsInput: false };
    }
  }
  const access = request.console;
  const openConsole = (to: ConsoleAccess): SshEndpoint =>
    createConsole(
      to,
      { shell: createConsoleShell({ places, env, processes }), sftp: transferPaths(places, places.root) },
      (line) => request.log(line),
    );
  const main = await startMain(program, places, env, processes);
  if (main.stdout) readLines(main.stdout, (line) => request.log(line));
  if (main.stderr) readLines(main.stderr, (line) => request.log(line, 'error'));

  let tellBooted: () => void = () => {};
  const booted = new Promise<void>((resolve) => (tellBooted = resolve));
  const instance = createProcessMachine({
    main,
    processes,
    ports,
    places,
    env,
    gate,
    ssh,
    openConsole: access ? () => openConsole(access) : null,
    // A process that ends at once is still told of after the boot.
    onExit: (exit) => void booted.then(() => request.onExit(exit)),
  });
  setImmediate(tellBooted);
  return instance;
}

/** What the image's entrypoint prepares, and its SSH server unless `CI_MODE` says otherwise. */
async function startImage(
  request: BootRequest,
  places: MachinePlaces,
  env: Record<string, string>,
  processes: MachineProcesses,
  ports: InsidePorts,
  gate: LinkGate,
): Promise<RunningParts['ssh']> {
  const image = await bootSindriImage(places, env, request.log);
  if (env.CI_MODE === 'true') {
    request.log('CI mode: the SSH server is not started');
    return null;
  }
  const port = Number(env.SSH_PORT) || 2222;
  const paths = transferPaths(places, places.home);
  const endpoint = createSshEndpoint({
    ...IMAGE_SSH_LIMITS,
    hostKeyPem: image.hostKeyPem,
    login: authorizedKeyLogin('developer', () => image.authorizedKeys()),
    shell: createGuestShell({ home: places.home, env, processes }),
    sftp: paths,
    sockets: createProcessSockets(paths),
    forward: async (target) => {
      // The server itself, which is none of the processes.
      if (target === port) {
        const [near, far] = createLink(gate);
        endpoint.accept(far);
        return near;
      }
      return ports.connect(target, 'loopback');
    },
    log: (line) => request.log(line),
  });
  request.log(`Server listening on 0.0.0.0 port ${port}.`);
  return { endpoint, port };
}

/** Shells see this computer's /tmp, so transfers and sockets must as well. */
const transferPaths = ({ root, volumes }: MachinePlaces, home: string): SftpPaths =>
  createSftpPaths({ root, home, others: [...volumes, '/tmp'] });

interface MainProgram {
  file: string;
  args: string[];
  /** Whether its input stays open as long as the emulator lives; otherwise it is empty, as in a container. */
  keepsInput: boolean;
}

function startMain(
  program: MainProgram,
  places: MachinePlaces,
  env: Record<string, string>,
  processes: MachineProcesses,
): Promise<ChildProcess> {
  const main = spawn(program.file, program.args, {
    cwd: places.root,
    env,
    detached: true,
    stdio: withoutTerminals([program.keepsInput ? 'pipe' : 'ignore', 'pipe', 'pipe']),
  });
  main.stdin?.on('error', () => {});
  main.on('error', () => {});
  if (main.pid !== undefined) processes.add(main.pid);
  return new Promise((resolve, reject) => {
    main.once('spawn', () => resolve(main));
    main.once('error', (error) => reject(new Error(`cannot run ${program.file}: ${error.message}`)));
  });
}

/** Ids become directory names, so nothing else may pass. */
function requireId(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id)) throw new Error(`not an id: ${JSON.stringify(id)}`);
  return id;
}
