import type { Duplex } from 'node:stream';
import { afterOrSoon, type EmulatorClock } from '../../clock.js';
import { createLink, createLinkGate } from '../../streams/link.js';
import { splitWords } from '../../rest/split-words.js';
import { createConsole } from '../console.js';
import type { BootRequest, MachineExit, MachineInstance, MachineProcess } from '../machine-runtime.js';
import type { HostKey } from '../ssh/host-key.js';
import { authorizedKeyLogin } from '../ssh/login.js';
import type { ShellRequest } from '../ssh/shell.js';
import { createSshEndpoint, type SshEndpoint } from '../ssh/ssh-endpoint.js';
import { installExtensions } from './installation.js';
import type { ScriptFiles } from './script-files.js';
import { fromChunks, runProgram, type ScriptWorld } from './script-shell.js';
import { openScriptProcess } from './script-terminal.js';

/** Where the image's sshd listens unless `SSH_PORT` says otherwise. */
const DEFAULT_SSH_PORT = 2222;
const USER = 'developer';
const CONSOLE_PORT = 22;
/** Signals that the scripted main process ignores; all others end it. */
const IGNORED_SIGNALS = ['HUP', 'USR1', 'USR2', 'ALRM', 'PIPE'];

export interface SimulatedMachineOptions {
  request: BootRequest;
  clock: EmulatorClock;
  /** How long the image's installation of extensions takes. */
  installMs: number;
  /** Asked for when somebody logs in. */
  hostKey: () => HostKey;
  home: string;
  files: ScriptFiles;
}

/** A machine without processes: scripted answers, a real SSH server on 2222, an echo on every service port. */
export function createSimulatedMachine(options: SimulatedMachineOptions): MachineInstance {
  const { request, clock, installMs, hostKey, home, files } = options;
  const ending = new AbortController();
  const streams = new Set<Duplex>();
  let over = false;
  const gate = createLinkGate();

  const world: ScriptWorld = {
    env: { HOME: home, ALT_HOME: home, USER, LOGNAME: USER, SHELL: '/bin/bash', ...request.env },
    user: USER,
    home,
    files,
    awake: () => new Promise((resolve) => gate.pass(resolve)),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = afterOrSoon(clock, ms, resolve);
        const stop = (): void => {
          cancel();
          reject(signal.reason);
        };
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop, { once: true });
      }),
  };

  const mainProgram = commandOf(request);
  // A config that replaces the image's command leaves no sshd, and CI mode does without.
  const hasSsh = mainProgram === null && request.env.CI_MODE !== 'true';
  const sshPort = Number(request.env.SSH_PORT) || DEFAULT_SSH_PORT;
  const keysFile = `${home}/.ssh/authorized_keys`;
  let endpoint: SshEndpoint | null = null;
  let ownConsole: SshEndpoint | null = null;
  const ssh = (): SshEndpoint =>
    (endpoint ??= createSshEndpoint({
      hostKeyPem: hostKey().privatePem,
      login: authorizedKeyLogin(USER, () => files.read(keysFile)?.toString() ?? ''),
      shell: { open: (shell) => openScriptProcess(world, shell) },
      forward: (port) => connect(port),
      log: (message) => request.log(`sshd: ${message}`),
    }));

  if (hasSsh) {
    // As the image does at each boot: what was in the file goes, and without the variable it stays.
    const keys = request.env.AUTHORIZED_KEYS ?? '';
    if (keys.trim() !== '') files.write(keysFile, Buffer.from(keys.endsWith('\n') ? keys : `${keys}\n`));
    request.log(`Server listening on 0.0.0.0 port ${sshPort}.`);
    installExtensions({ world, env: request.env, durationMs: installMs, signal: ending.signal, log: request.log });
  }

  const end = (exit: MachineExit): void => {
    if (over) return;
    over = true;
    ending.abort('KILL');
    gate.thaw();
    endpoint?.close();
    ownConsole?.close();
    for (const stream of streams) stream.destroy();
    request.onExit(exit);
  };

  /** Two ends of a connection, of which `serve` gets one. */
  const link = (serve: (inside: Duplex) => void): Duplex => {
    const [outside, inside] = createLink(gate);
    for (const stream of [outside, inside]) {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      stream.on('error', () => undefined);
    }
    serve(inside);
    return outside;
  };
  const connect = (port: number): Promise<Duplex> => {
    const toSsh = hasSsh && port === sshPort;
    if (over || !(toSsh || servicePorts(request).includes(port))) {
      return Promise.reject(refused(port));
    }
    return Promise.resolve(link(toSsh ? (inside) => ssh().accept(inside) : serveEcho));
  };
  const connectConsole = (): Promise<Duplex> => {
    const access = request.console;
    if (over || !access) return Promise.reject(refused(CONSOLE_PORT));
    const shell = {
      open: (asked: ShellRequest) => openScriptProcess(consoleWorld(world, asked.user), unshelled(asked)),
    };
    const endpoint = (ownConsole ??= createConsole(access, { shell }, (line) => request.log(line)));
    return Promise.resolve(link((inside) => endpoint.accept(inside)));
  };

  if (mainProgram) {
    const line = (chunk: Buffer): void => {
      for (const text of chunk.toString().split('\n')) if (text !== '') request.log(text);
    };
    const io = { stdin: fromChunks([]), out: line, err: line, signal: ending.signal };
    void runProgram(mainProgram, world, io).then((exit) => {
      // A program that the interpreter does not know is taken for a server that keeps running.
      if (exit.code !== 127) end({ code: exit.code, signal: -1, oomKilled: false });
    });
  }

  return {
    async exec({ command, stdin, timeoutMs }) {
      if (over) throw new Error('the machine is gone');
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const limit = new AbortController();
      const cancel = clock.after(timeoutMs, () => limit.abort('KILL'));
      const exit = await runProgram(command, world, {
        stdin: fromChunks(stdin === undefined ? [] : [Buffer.from(stdin)]),
        out: (chunk) => void out.push(chunk),
        err: (chunk) => void err.push(chunk),
        signal: AbortSignal.any([limit.signal, ending.signal]),
      }).finally(cancel);
      if (limit.signal.aborted) {
        throw Object.assign(new Error(`${command[0] ?? ''} took longer than ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
      }
      return {
        exit_code: exit.code,
        exit_signal: exit.signal === null ? 0 : exit.code - 128,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      };
    },
    ps: () =>
      Promise.resolve([
        // Who deploys with flyctl waits until each service port has its listener here.
        processRow(
          641,
          mainProgram?.join(' ') ?? '/usr/local/bin/docker-entrypoint',
          servicePorts(request).filter((port) => !hasSsh || port !== sshPort),
        ),
        ...(hasSsh ? [processRow(642, 'sshd: /usr/sbin/sshd -D', [sshPort])] : []),
      ]),
    async signal(name) {
      if (IGNORED_SIGNALS.includes(name)) return;
      end(name === 'KILL' ? { code: 137, signal: 9, oomKilled: false } : { code: 0, signal: -1, oomKilled: false });
    },
    freeze: async () => gate.freeze(),
    thaw: async () => gate.thaw(),
    async stop({ signal }) {
      const killed = signal.replace(/^SIG/, '') === 'KILL';
      end(killed ? { code: 137, signal: 9, oomKilled: false } : { code: 0, signal: -1, oomKilled: false });
    },
    connect,
    connectConsole,
  };
}

const refused = (port: number): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${port}`), { code: 'ECONNREFUSED' });

function consoleWorld(world: ScriptWorld, user: string): ScriptWorld {
  if (user === USER) return world;
  if (user !== 'root') throw new Error(`user: unknown user ${user}`);
  return { ...world, user, home: '/root', env: { ...world.env, HOME: '/root', USER: user, LOGNAME: user } };
}

/** A command is run as it is: what would mean something to a shell is a word like any other. */
function unshelled(request: ShellRequest): ShellRequest {
  if (request.command === null) return request;
  const quoted = splitWords(request.command).map((word) => `'${word.replaceAll("'", `'"'"'`)}'`);
  return { ...request, command: quoted.join(' ') };
}

function servicePorts(request: BootRequest): number[] {
  const services = Array.isArray(request.config.services) ? (request.config.services as unknown[]) : [];
  return services.flatMap((service) => {
    const port = (service as { internal_port?: unknown }).internal_port;
    return typeof port === 'number' ? [port] : [];
  });
}

/** The command that replaces the image's own, or `null`. */
function commandOf(request: BootRequest): string[] | null {
  const init = request.config.init ?? {};
  if (init.exec && init.exec.length > 0) return init.exec;
  const command = [...(init.entrypoint ?? []), ...(init.cmd ?? [])];
  return command.length > 0 ? command : null;
}

/** Answers an HTTP request with 200, and sends anything else back as it comes. */
function serveEcho(stream: Duplex): void {
  stream.once('data', (first: Buffer) => {
    if (/^(GET|HEAD|POST|PUT) /.test(first.toString('latin1'))) {
      stream.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n');
      return;
    }
    stream.write(first);
    stream.pipe(stream);
  });
  stream.once('end', () => stream.end());
}

function processRow(pid: number, command: string, ports: number[]): MachineProcess {
  const sockets = ports.map((port) => ({ proto: 'tcp', address: `0.0.0.0:${port}` }));
  return { pid, stime: 1, rtime: 1, command, directory: '/', cpu: 0, rss: 4096, listen_sockets: sockets };
}
