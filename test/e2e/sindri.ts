import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(__dirname, '../..');
/** What people install, made before the tests begin. */
export const bin = path.join(root, 'build/sindri/bin/run.js');

/** The seed's Quick Start, under another name when a test needs several. */
export function quickstart(name = 'my-sindri-fly', replace: [string | RegExp, string][] = []): string {
  const text = [
    'version: "1.0"',
    `name: ${name}`,
    '',
    'deployment:',
    '  provider: fly',
    '  resources:',
    '    memory: 4GB',
    '    cpus: 2',
    '  volumes:',
    '    workspace:',
    '      size: 30GB',
    '',
    'extensions:',
    '  profile: fullstack',
    '',
    'providers:',
    '  fly:',
    '    region: sjc',
    '    autoStopMachines: true',
    '    autoStartMachines: true',
    '',
  ].join('\n');
  return replace.reduce((result, [from, to]) => result.replace(from, to), text);
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/** A directory of its own for each user of the command line: home, state and a project to stand in. */
export interface Workplace {
  dir: string;
  env: Record<string, string>;
  write(name: string, text: string): string;
  start(args: string[], options?: { env?: Record<string, string | undefined>; stdin?: string | null }): Running;
  run(args: string[], options?: { env?: Record<string, string | undefined>; stdin?: string | null }): Promise<Ended>;
  /** Runs with `--json` and parses the one document; fails when stdout holds anything else. */
  json(
    args: string[],
    options?: { env?: Record<string, string | undefined> },
  ): Promise<{ ended: Ended; document: any }>; // eslint-disable-line @typescript-eslint/no-explicit-any
  remove(): void;
}

export function createWorkplace(extra: Record<string, string> = {}): Workplace {
  const base = mkdtempSync(path.join(tmpdir(), 'sindri-e2e-'));
  const dir = path.join(base, 'project');
  mkdirSync(dir);
  mkdirSync(path.join(base, 'home'));
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: path.join(base, 'home'),
    SINDRI_STATE_DIR: path.join(base, 'state'),
    XDG_DATA_HOME: path.join(base, 'data'),
    XDG_CACHE_HOME: path.join(base, 'cache'),
    // Compiled code is the same for everybody: a person's second command is what most tests are about, not the first.
    SINDRI_CACHE_DIR: path.join(root, 'build/test-cache'),
    XDG_CONFIG_HOME: path.join(base, 'config'),
    NO_COLOR: '1',
    ...extra,
  };

  const workplace: Workplace = {
    dir,
    env,
    write(name, text) {
      const file = path.join(dir, name);
      writeFileSync(file, text);
      return file;
    },
    start(args, options = {}) {
      const stdin = options.stdin ?? null;
      const child = spawn(process.execPath, [bin, ...args], {
        cwd: dir,
        env: { ...env, ...options.env } as NodeJS.ProcessEnv,
        stdio: [stdin === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      if (stdin !== null) child.stdin?.end(stdin);
      let stdout = '';
      let stderr = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      const ended = new Promise<Ended>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
      });
      return { child, ended };
    },
    run(args, options) {
      return workplace.start(args, options).ended;
    },
    async json(args, options) {
      const split = args.indexOf('--');
      const withFlag = split < 0 ? [...args, '--json'] : [...args.slice(0, split), '--json', ...args.slice(split)];
      const ended = await workplace.run(withFlag, options);
      try {
        return { ended, document: JSON.parse(ended.stdout) };
      } catch (error) {
        throw new Error(`not one JSON document: ${ended.stdout}\nstderr: ${ended.stderr}`, { cause: error });
      }
    },
    remove() {
      rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return workplace;
}
