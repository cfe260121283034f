import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, quickstart, type Ended, type Workplace } from './sindri';

const plain = 'canary-plain-4f9c2d7e';
const lines = 'canary-line-one-77aa\ncanary-line-two-88bb';
const quoted = 'canary "quoted" #hash\\slash-99cc';

/** Every way in which one of the values could be written down. */
const forbidden = [plain, 'canary-line-one-77aa', 'canary-line-two-88bb', quoted, JSON.stringify(quoted).slice(1, -1)];

describe('secrets and tokens', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeAll(async () => {
    emulator = await startFlyEmulator();
    workplace = createWorkplace(emulator.env);
    workplace.write('.env', `FROM_DOTENV=${plain}\n`);
    workplace.write('multi.txt', `${lines}\n`);
    workplace.write(
      'sindri.yaml',
      `${quickstart('secretive')}
secrets:
  - name: FROM_DOTENV
    source: env
    required: true
  - name: FROM_SHELL
    source: env
    required: true
  - name: FROM_FILE
    source: env
    fromFile: ./multi.txt
`,
    );
    workplace.env.FROM_SHELL = quoted;
  });

  afterAll(async () => {
    await emulator.stop();
    workplace.remove();
  });

  /** What the machine's main process sees, asked behind the back of the command line. */
  async function printenv(name: string): Promise<string> {
    const machine = emulator.inspect().machines.find((one) => one.app === 'secretive' && one.state === 'started');
    const response = await fetch(`${emulator.url}/v1/apps/secretive/machines/${machine?.id}/exec`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command: ['printenv', name] }),
    });
    return ((await response.json()) as { stdout: string }).stdout.replace(/\n$/, '');
  }

  const commands: string[][] = [
    ['config', 'show'],
    ['config', 'render'],
    ['config', 'validate'],
    ['doctor'],
    ['plan'],
    ['deploy', '--yes'],
    ['deploy', '--yes'],
    ['status'],
    ['logs'],
    ['exec', '--', 'true'],
    ['stop'],
    ['start'],
    ['plan', '--destroy'],
    ['destroy', '--yes'],
  ];

  it('appear in no output, in no mode, of any command, and in no file that the commands leave', async () => {
    const seen: [string, Ended][] = [];
    for (const mode of [['--debug'], ['--json', '--debug'], ['--output', 'ndjson', '--debug']]) {
      for (const command of commands) {
        if (
          mode[0] === '--output' &&
          !['plan', 'deploy', 'destroy', 'status', 'start', 'stop'].includes(command[0] as string)
        )
          continue;
        const split = command.indexOf('--');
        const args = split < 0 ? [...command, ...mode] : [...command.slice(0, split), ...mode, ...command.slice(split)];
        seen.push([args.join(' '), await workplace.run(args)]);
      }
    }
    // Failures show more than successes do.
    for (const name of ['server-error', 'rate-limited']) {
      emulator.faults.inject({ name, match: { method: 'POST' }, times: 50 });
      // Side by side: each tries for a while.
      const modes = [[], ['--json']];
      const ends = await Promise.all(modes.map((mode) => workplace.run(['deploy', '--yes', '--debug', ...mode])));
      ends.forEach((ended, at) => seen.push([`deploy ${modes[at]?.join('') ?? ''} under ${name}`, ended]));
      expect(ends.map(({ code }) => code)).not.toContain(0);
      emulator.faults.clear();
    }
    seen.push(['destroy', await workplace.run(['destroy', '--yes', '--debug'])]);

    const leaks = seen.flatMap(([name, { stdout, stderr }]) =>
      [...forbidden, emulator.token]
        .filter((secret) => (stdout + stderr).includes(secret))
        .map((secret) => `${name}: ${secret}`),
    );
    expect(leaks).toEqual([]);
    // The trace was really there to be searched.
    expect(seen.some(([, { stderr }]) => stderr.includes('POST'))).toBe(true);

    const files = filesBelow(workplace.env.SINDRI_STATE_DIR as string);
    const fileLeaks = files.flatMap((file) =>
      [...forbidden, emulator.token].filter((secret) => readFileSync(file, 'utf8').includes(secret)).map(() => file),
    );
    expect(fileLeaks).toEqual([]);
  }, 300_000);

  it('arrive whole on the machine', async () => {
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    expect(await printenv('FROM_DOTENV')).toBe(plain);
    expect(await printenv('FROM_SHELL')).toBe(quoted);
    expect(await printenv('FROM_FILE')).toBe(lines);
    expect((await workplace.run(['destroy', '--yes'])).code).toBe(0);
  });
});

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file).isFile());
}
