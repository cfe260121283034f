import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { testIfInstalled } from '../system-component';
import { bin, createWorkplace, quickstart, type Workplace } from './sindri';
import { openProgram } from './terminal';

const run = promisify(execFile);
const odd = `it's "odd" $(touch pwned)`;

/** In the shells themselves: what is typed, and what stands there after a Tab. */
describe('completion', () => {
  let workplace: Workplace;
  let asked = 0;
  const platform = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
    workplace = createWorkplace({ FLY_API_TOKEN: 'token', FLY_FLAPS_BASE_URL: url, FLY_API_BASE_URL: url });
    const programs = path.join(workplace.dir, '../bin');
    mkdirSync(programs);
    writeFileSync(path.join(programs, 'sindri'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, {
      mode: 0o755,
    });
    workplace.env['PATH'] = `${programs}:${workplace.env['PATH']}`;
    workplace.write('sindri.yaml', quickstart('completed'));
    // A stranger's program of our name, in the folder where somebody presses Tab.
    workplace.write('sindri', '#!/bin/sh\ntouch pwned\n');
    const seen = path.join(workplace.env['SINDRI_STATE_DIR'] as string, 'completion/fly');
    mkdirSync(seen, { recursive: true });
    const instances = [{ value: odd }, { value: '--yes' }, { value: 'web-2', description: 'running' }];
    writeFileSync(path.join(seen, 'completed.json'), JSON.stringify({ instances }));
  });

  afterAll(async () => {
    // The shells have run in the folder: nothing of what came from outside was executed, and no platform was asked.
    expect(asked).toBe(0);
    await expect(run('ls', [workplace.dir])).resolves.toMatchObject({ stdout: 'sindri\nsindri.yaml\n' });
    await new Promise((resolve) => platform.close(resolve));
    workplace.remove();
  });

  /** A file with what `completion` prints for a shell. */
  const scriptFor = async (shell: string): Promise<string> => {
    const file = path.join(workplace.dir, `../script.${shell}`);
    if (!existsSync(file)) writeFileSync(file, (await workplace.run(['completion', shell])).stdout);
    return file;
  };

  /** What bash would offer for the word at the end. */
  const inBash = async (...words: string[]) => {
    const list = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sindri_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const script = `. '${await scriptFor('bash')}'; ${list}`;
    const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', ...words], {
      cwd: workplace.dir,
      env: workplace.env,
    });
    return stdout.trimEnd().split('\n');
  };

  testIfInstalled(
    'bash',
    'bash: commands, options, values, quoted as its reader needs it',
    async () => {
      expect(await inBash('sindri', 'dep')).toEqual(['deploy']);
      expect(await inBash('sindri', 'exec', '--method', '=', 'd')).toEqual(['direct', 'dedicated']);
      expect(await inBash('sindri', 'config', 'init', '--profile', 'ente')).toEqual(['enterprise']);
      expect(await inBash('sindri', 'volume', 'extend', '')).toEqual(expect.arrayContaining(['50GB']));
      const [quoted, ...rest] = await inBash('sindri', 'connect', '--instance', '');
      expect(rest).toEqual(['web-2']);
      const { stdout } = await run('bash', ['-c', `printf %s ${quoted}`], { cwd: workplace.dir });
      expect(stdout).toBe(odd);
      // Inside quotes that somebody has opened, only what they can hold.
      expect(await inBash('sindri', 'connect', '--instance', '"')).toEqual(['web-2']);
    },
    60_000,
  );

  const typed = async (program: string, args: string[], setUp: string) => {
    const terminal = openProgram(workplace, program, args);
    try {
      terminal.type(`${setUp}; echo ready''; PS1='> '\r`);
      await terminal.expect(/ready\r?\n/);
      // What stands there is shown by a program that knows nothing of completion.
      terminal.type('sindri exec --method dir\tx');
      await terminal.expect(/--method direct[^]*? x/);
      terminal.type('\u0015./sindri conn\t--instance it\t');
      await terminal.expect(/connect[^]*?--instance[^]*?touch[^]*?pwned/);
      terminal.type('\u0015exit\r');
      await terminal.exited;
    } finally {
      terminal.kill();
    }
  };

  testIfInstalled(
    'bash',
    'bash, at a terminal',
    () => typed('bash', ['--norc', '-i'], 'eval "$(sindri completion bash)"'),
    60_000,
  );
  testIfInstalled(
    'zsh',
    'zsh, at a terminal',
    () => typed('zsh', ['-f', '-i'], 'eval "$(sindri completion zsh)"'),
    60_000,
  );

  testIfInstalled(
    'fish',
    'fish',
    async () => {
      const inFish = async (line: string) => {
        const script = `source '${await scriptFor('fish')}'; complete -C "$argv[1]"`;
        const { stdout } = await run('fish', ['--no-config', '-c', script, line], {
          cwd: workplace.dir,
          env: workplace.env,
        });
        return stdout.trimEnd().split('\n');
      };
      expect(await inFish('sindri dep')).toEqual(['deploy\tMake the environment match sindri.yaml']);
      expect(await inFish('sindri exec --method=dir')).toEqual([expect.stringMatching(/^--method=direct\t/)]);
      expect(await inFish('sindri connect --instance ')).toEqual(expect.arrayContaining([odd, 'web-2\trunning']));
      expect(await inFish('sindri connect --instance ')).toHaveLength(2);
      expect(await inFish('sindri exec -c sin')).toEqual(expect.arrayContaining(['sindri.yaml']));
    },
    60_000,
  );
});
