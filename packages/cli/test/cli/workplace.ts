import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The product, as people install it: it is what is to be judged, and it starts in half the time. */
export const bin = path.resolve(__dirname, '../../../../build/sindri/bin/run.js');

// `npm test` makes it first.
if (!existsSync(bin)) throw new Error('Not made yet: npm run build, then node scripts/product/make.mjs');
const plugin = path.resolve(__dirname, '../fixture-plugin');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  stdin?: string;
}

/** A home and a project directory of its own, where the plugin with the provider `paper` is linked. */
export interface Workplace {
  dir: string;
  env: Record<string, string>;
  config(options?: Record<string, string>, name?: string): void;
  start(args: string[], options?: RunOptions): { child: ChildProcess; ended: Promise<Ended> };
  run(args: string[], options?: RunOptions): Promise<Ended>;
  json(
    args: string[],
    options?: RunOptions,
  ): Promise<{ code: number | null; document: Record<string, never>; stderr: string }>;
  /** Declares another plugin beside, or instead of, the fixture. */
  link(plugins: { name: string; root: string }[]): void;
  remove(): void;
}

export function createWorkplace(): Workplace {
  const base = mkdtempSync(path.join(tmpdir(), 'sindri-cli-'));
  const dir = path.join(base, 'project');
  for (const name of ['project', 'home', 'data/sindri']) mkdirSync(path.join(base, name), { recursive: true });
  const baseEnv = {
    PATH: process.env['PATH'] ?? '',
    HOME: path.join(base, 'home'),
    SINDRI_STATE_DIR: path.join(base, 'state'),
    XDG_DATA_HOME: path.join(base, 'data'),
    XDG_CACHE_HOME: path.join(base, 'cache'),
    // Compiled code is the same for everybody: a person's second command is what most tests are about, not the first.
    SINDRI_CACHE_DIR: path.resolve(bin, '../../../test-cache'),
    XDG_CONFIG_HOME: path.join(base, 'config'),
    PAPER_TOKEN: 'paper-token-of-the-test',
  };

  const workplace: Workplace = {
    dir,
    env: baseEnv,
    config(options = {}, name = 'sheet-one') {
      const lines = Object.entries(options).map(([key, value]) => `    ${key}: ${value}`);
      const block = lines.length === 0 ? '' : `providers:\n  paper:\n${lines.join('\n')}\n`;
      writeFileSync(
        path.join(dir, 'sindri.yaml'),
        `version: "3.0"\nname: ${name}\ndeployment:\n  provider: paper\n${block}`,
      );
    },
    start(args, { env = {}, stdin } = {}) {
      const child = spawn(process.execPath, [bin, ...args], {
        cwd: dir,
        env: { ...baseEnv, ...env } as NodeJS.ProcessEnv,
        stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      if (stdin !== undefined) child.stdin?.end(stdin);
      let stdout = '';
      let stderr = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
      const ended = new Promise<Ended>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, stdout, stderr }));
      });
      return { child, ended };
    },
    run: (args, options) => workplace.start(args, options).ended,
    async json(args, options) {
      const end = args.indexOf('--');
      const all = end === -1 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)];
      const { code, stdout, stderr } = await workplace.run(all, options);
      try {
        return { code, document: JSON.parse(stdout), stderr };
      } catch (cause) {
        throw new Error(`not one JSON document: ${stdout}\nstderr: ${stderr}`, { cause });
      }
    },
    link(plugins) {
      writeFileSync(
        path.join(base, 'data/sindri/package.json'),
        JSON.stringify({
          private: true,
          oclif: { schema: 1, plugins: plugins.map((one) => ({ ...one, type: 'link' })) },
        }),
      );
    },
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  };
  workplace.link([{ name: '@sindri-test/paper', root: plugin }]);
  return workplace;
}
