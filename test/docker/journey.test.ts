import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { openTerminal } from '../e2e/terminal';
import { freePort } from '../free-port';
import { describeWithEngine } from './engine/gate.js';
import { sharedEngine, type RunningEngine } from './engine/shared-engine.js';
import { createDockerDesk, dockerConfig, type DockerDesk } from './environment-on-engine.js';

const run = promisify(execFile);
/** Words of the first platform that mean nothing on this one. */
const FLY_WORDS = /\bfly\b|fly\.(io|dev|toml)|flyctl|\bapp\b|\bmachines?\b|\bregions?\b|6PN|hallpass|\blease\b/i;

describeWithEngine('the way of a person, with the built command line', () => {
  let engine: RunningEngine;
  let desk: DockerDesk;
  let composed: DockerDesk;
  /** Everything that was printed so far. */
  let printed = '';

  beforeAll(async () => {
    engine = await sharedEngine();
    desk = createDockerDesk(engine);
  });
  afterAll(() => desk.clear());
  beforeAll(() => void (composed = createDockerDesk(engine)));
  afterAll(() => composed.clear());

  async function sindri(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await desk.run(args);
    printed += `$ sindri ${args.join(' ')}\n${stdout}${stderr}`;
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  }

  test('config init, deploy, connect, ssh, cp, stop, start, another image, destroy', async () => {
    await sindri('config', 'init', '--provider', 'docker', '--name', desk.name);
    await sindri('config', 'validate');
    // What `config init` writes names the default image, which cannot be had here; everything else stays as it is.
    const written = readFileSync(path.join(desk.dir, 'sindri.yaml'), 'utf8');
    const withImage = (tag: string): string =>
      written.replace('  provider: docker', `  provider: docker\n  image: sindri-test:${tag}`);
    desk.write('sindri.yaml', withImage('1'));

    const plan = await sindri('plan');
    expect(plan).toMatch(/create container/);
    await sindri('deploy', '--yes');
    expect(await sindri('status')).toMatch(/running/);
    expect((await desk.json(['plan'])).document.changes).toEqual([]);

    const terminal = openTerminal(desk, ['connect']);
    await terminal.expect(/developer@\S+.*[$#] /);
    terminal.type('stty size; echo $((6*7))-answer\r');
    await terminal.expect(/30 100/);
    await terminal.expect(/42-answer/);
    terminal.type('until [ "$(stty size)" = "40 120" ]; do sleep 0.05; done; echo re""sized\r');
    terminal.resize(120, 40);
    await terminal.expect(/resized/);
    // The program says itself that it runs: told by the shell, Ctrl-C could come before the program has the terminal, and nobody would take it.
    terminal.type('sh -c \'echo go""ing; exec sleep 1000\'\r');
    await terminal.expect(/going/);
    terminal.type('\x03');
    await terminal.expect(/\^C[^]*[$#] /);
    terminal.type('echo from the terminal > ~/note; exit 7\r');
    expect(await terminal.exited).toBe(7);

    const piped = await desk.run(['exec', '--', 'wc', '-c'], { stdin: 'x'.repeat(300_000) });
    expect([piped.code, piped.stdout.trim()]).toEqual([0, '300000']);
    expect((await desk.run(['exec', '--', 'kill -TERM $$'])).code).toBe(143);

    await sindri('ssh-config', '--yes');
    const config = path.join(desk.env.HOME ?? '', '.ssh/config');
    const { stdout: note } = await run(
      'ssh',
      ['-F', config, '-o', 'BatchMode=yes', `${desk.name}.sindri`, 'cat ~/note; id -un'],
      {
        env: desk.env,
      },
    );
    expect(note).toBe('from the terminal\ndeveloper\n');
    const bytes = Buffer.alloc(3_000_000, 'sindri ');
    const file = path.join(desk.dir, 'blob');
    writeFileSync(file, bytes);
    await sindri('cp', file, ':blob');
    await sindri('cp', ':blob', `${file}.back`);
    expect(readFileSync(`${file}.back`).equals(bytes)).toBe(true);

    await sindri('stop');
    expect(await sindri('status')).toMatch(/stopped/);
    await sindri('start');
    expect(await sindri('exec', '--', 'cat ~/note')).toBe('from the terminal\n');
    await sindri('stop', '--suspend');
    expect((await desk.json(['status'])).document.state).toBe('suspended');
    expect(await sindri('exec', '--', 'cat ~/note')).toBe('from the terminal\n');

    desk.write('sindri.yaml', withImage('2'));
    const replacement = await sindri('deploy', '--dry-run');
    expect(replacement).toMatch(/volume .* stays/);
    await sindri('deploy', '--yes');
    expect(await sindri('exec', '--', 'cat ~/note; echo $SINDRI_TEST_IMAGE')).toBe('from the terminal\n2\n');
    expect(await sindri('logs')).toMatch(/ready/);
    await sindri('doctor');
    await sindri('config', 'show');
    const tunnel = await desk.run(['tunnel', '5432']);
    expect([tunnel.code, tunnel.stderr]).toEqual([2, expect.stringContaining('no private network that a tunnel')]);
    await sindri('destroy', '--yes');
    expect(await desk.inventory()).toEqual([]);
    expect(await sindri('status')).toMatch(/absent|not deployed|does not exist/i);
  }, 300_000);

  test('no word of another platform was printed on the way', () => {
    expect(printed.split('\n').length).toBeGreaterThan(50);
    const found = printed.split('\n').filter((line) => FLY_WORDS.test(line));
    expect(found).toEqual([]);
  });

  test('the compose file is accepted, and makes the container that deploy would make', async () => {
    const secrets = ['DATABASE_URL'];
    const env = { DATABASE_URL: 'a$b' };
    composed.write(
      'sindri.yaml',
      dockerConfig(composed.name, {
        secrets,
        options: [`ports: ["${await freePort()}:8080"]`, 'extraHosts: ["db:127.0.0.1"]'],
      }),
    );
    const directory = path.join(composed.dir, 'rendered');
    mkdirSync(directory);
    await composed.succeed(['config', 'render', '--out-dir', directory], { env });
    const compose = (...args: string[]) =>
      run('docker-compose', ['-f', path.join(directory, 'compose.yaml'), ...args], {
        env: { ...composed.env, ...env, PATH: process.env.PATH ?? '' },
      });
    const { stdout: config } = await compose('config');
    expect(config).toContain('sindri-test:1');
    await compose('up', '--no-start');
    expect(await composed.inventory()).toEqual([
      `container sindri-${composed.name}`,
      `network sindri-${composed.name}`,
      `volume sindri-${composed.name}-home`,
    ]);
    const shape = async (): Promise<unknown> => {
      interface Wire {
        Config: { Image: string; Env: string[]; ExposedPorts: object; Labels: Record<string, string> };
        HostConfig: Record<string, unknown>;
        Mounts: { Name: string; Destination: string }[];
      }
      const { Config, HostConfig, Mounts } = await engine.api.call<Wire>(
        'GET',
        `/containers/sindri-${composed.name}/json`,
      );
      const { Memory, MemorySwap, NanoCpus, ExtraHosts, NetworkMode, PortBindings, RestartPolicy } = HostConfig;
      return {
        image: Config.Image,
        // Compose hands the secret over as a variable, and deploy in a file.
        env: Config.Env.filter((line) => !line.startsWith('DATABASE_URL=')).sort(),
        ports: PortBindings,
        mounts: Mounts.map(({ Name, Destination }) => `${Name}:${Destination}`),
        environment: Config.Labels['sindri.environment'],
        ...{
          Memory,
          MemorySwap,
          NanoCpus,
          ExtraHosts,
          NetworkMode,
          RestartPolicy: (RestartPolicy as { Name: string }).Name,
        },
      };
    };
    const byCompose = await shape();
    await compose('down', '--volumes');
    await composed.succeed(['deploy', '--yes'], { env });
    expect(byCompose).toEqual(await shape());
    await composed.succeed(['destroy', '--yes'], { env });
  }, 120_000);
});
