import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Client, ConnectConfig } from 'ssh2';
import type { BootRequest, MachineExit, MachineInstance } from '../../../src/runtime/machine-runtime.js';
import { createProcessRuntime, type ProcessRuntime } from '../../../src/runtime/processes/process-runtime.js';
import { generateHostKey } from '../../../src/runtime/ssh/host-key.js';
import { connectClient } from '../ssh/ssh-client.js';

const pair = generateHostKey('user');
export const userKey = { private: pair.privatePem, public: pair.publicLine };

/** A machine under test, with what it said and how it ended. */
export interface TestMachine {
  instance: MachineInstance;
  logs: string[];
  /** Resolves once this line has been logged. */
  said(line: string): Promise<void>;
  exited: Promise<MachineExit>;
  login(config?: ConnectConfig): Promise<Client>;
}

export interface TestRuntime {
  runtime: ProcessRuntime;
  directory: string;
  volume(id: string): string;
  boot(request?: Partial<BootRequest>): Promise<TestMachine>;
  /** Ends everything and proves that no process is left. */
  end(): Promise<void>;
}

export const VOLUME = { volume: 'vol_1', path: '/alt/home/developer' };

export async function startRuntime(): Promise<TestRuntime> {
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), 'sindri-emulator-')));
  const volume = (id: string): string => path.join(directory, 'volumes', id);
  const runtime = createProcessRuntime({
    directory: path.join(directory, 'machines'),
    emulatorId: 'test',
    volumeDirectory: volume,
    random: () => 0.5,
  });
  return {
    runtime,
    directory,
    volume,
    async boot(request = {}) {
      const logs: string[] = [];
      const log = new EventEmitter();
      let tell: (exit: MachineExit) => void = () => {};
      const exited = new Promise<MachineExit>((resolve) => (tell = resolve));
      const secrets = { AUTHORIZED_KEYS: userKey.public, ...request.secrets };
      const instance = await runtime.boot({
        app: 'my-app',
        machineId: 'm1',
        region: 'sjc',
        config: { image: 'ghcr.io/pacphi/sindri:3', mounts: [VOLUME] },
        keepRoot: false,
        log: (message) => {
          logs.push(message);
          log.emit('line');
        },
        onExit: tell,
        ...request,
        secrets,
        env: { FLY_APP_NAME: 'my-app', ...secrets, ...request.env },
      });
      const login = async (config: ConnectConfig = {}): Promise<Client> =>
        connectClient(await instance.connect(Number(request.env?.SSH_PORT ?? 2222)), {
          privateKey: userKey.private,
          ...config,
        });
      const said = async (line: string): Promise<void> => {
        while (!logs.includes(line)) await once(log, 'line');
      };
      return { instance, logs, said, exited, login };
    },
    async end() {
      await runtime.close();
      const left = await processesIn(directory);
      await rm(directory, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`left running: ${left.join(', ')}`);
    },
  };
}

/** Command lines of processes whose environment names the directory. */
async function processesIn(directory: string): Promise<string[]> {
  if (!existsSync('/proc/self')) return [];
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
    if (!environment.includes(directory) || / Z /.test(stat)) continue;
    found.push(await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => pid));
  }
  return found;
}

/** State letter of a process, `null` when it has gone. */
export async function processState(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null);
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2)[0] ?? null);
}
