import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { bin, createWorkplace, type Workplace } from './workplace';

const fixturePlugin = path.join(__dirname, '../fixture-plugin');

interface KnownProviders {
  properties: { providers: { properties: object } };
}

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

describe('commands of the framework', () => {
  let workplace: Workplace;
  beforeAll(() => (workplace = createWorkplace()));
  afterAll(() => workplace.remove());

  it.each([
    [['plugins', 'link', './nosuch'], /^There is no package\.json in .*nosuch, so there is no plugin\.$/],
    [['plugins', 'install', './nosuch'], /^There is no \.\/nosuch here, so there is no plugin to install\.$/],
    [['plugins', 'uninstall', 'nosuch'], /nosuch is not installed\.$/],
    [['plugins', 'inspect', 'nosuch'], /nosuch not installed\.$/],
  ])('%j fails as ours do', async (args, message) => {
    const { code, document } = await workplace.json(args);
    expect(code).toBe(2);
    expect(document['error']).toMatchObject({
      code: 'USAGE',
      kind: 'usage',
      message: expect.stringMatching(message) as string,
      hint: expect.stringContaining(`sindri ${args[0]}`) as string,
    });
  });

  it('what is not installed is not looked for in a help text', async () => {
    const { document } = await workplace.json(['plugins', 'uninstall', 'nosuch']);
    expect(document['error']).toMatchObject({ hint: 'Installed are: sindri plugins' });
  });

  it('answer with one document, without the insides of plugins', async () => {
    const { document } = await workplace.json(['plugins']);
    const { plugins } = document as unknown as { plugins: { name: string }[] };
    const [paper] = plugins.filter(({ name }) => name === '@sindri-test/paper');
    expect(paper).toMatchObject({ type: 'link', commands: ['paper:fail', 'paper:serve'] });
    for (const args of [['help'], ['deploy', '--help'], ['plugins', 'reset']]) {
      const { code, document } = await workplace.json(args);
      expect([args, code]).toEqual([args, 0]);
      expect(document).toMatchObject({ schema: 'sindri.command/1' });
    }
  });

  it.each([[['help']], [['deploy', '--help']], [['plugins']], [['nosuch']]])(
    '%j is one line where each line is a document',
    async (args) => {
      const { stdout } = await workplace.run(args, { env: { SINDRI_OUTPUT: 'ndjson' } });
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => typeof JSON.parse(line)),
      ).toEqual(['object']);
    },
  );

  it('tell the editor about a provider that is added', async () => {
    workplace.config();
    workplace.link([]);
    const schema = path.join(workplace.dir, '.sindri/schema.json');
    const knows = () =>
      Object.keys((JSON.parse(readFileSync(schema, 'utf8')) as KnownProviders).properties.providers.properties);
    const { document } = await workplace.json(['config', 'schema', '--install']);
    expect(document).toMatchObject({ lineAdded: true, file: schema });
    expect(knows()).not.toContain('paper');
    const relative = path.relative(workplace.dir, fixturePlugin);
    const linked = await workplace.run(['plugins', 'install', relative]);
    expect(linked.stderr).not.toContain('Warning');
    expect([linked.code, knows().includes('paper')]).toEqual([0, true]);
    expect(readFileSync(path.join(workplace.dir, 'sindri.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.sindri\/schema\.json\nversion/,
    );
  });

  it('say at once that a provider cannot be used yet', async () => {
    const unbuilt = path.join(workplace.dir, 'unbuilt');
    mkdirSync(unbuilt);
    const provider = { name: 'unbuilt', apiVersion: 1, entry: './dist/index.js' };
    const manifest = { name: 'sindri-provider-unbuilt', version: '1.0.0', oclif: {}, sindri: { provider } };
    writeFileSync(path.join(unbuilt, 'package.json'), JSON.stringify(manifest));
    const linked = await workplace.run(['plugins', 'install', './unbuilt']);
    expect([linked.code, linked.stderr]).toEqual([0, expect.stringContaining('(./dist/index.js) that is not there')]);
    expect(linked.stderr).toContain(`build it in ${unbuilt} (npm run build)`);
  });

  it('say that a package does not exist only where the registry says so', async () => {
    let status = 404;
    const registry = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const env = {
      npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`,
      npm_config_fetch_retries: '0',
    };
    const install = async () => {
      const { code, document } = await workplace.json(['plugins', 'install', 'sindri-provider-paper'], { env });
      return { code, error: document['error'] };
    };
    expect(await install()).toMatchObject({
      code: 2,
      error: { code: 'USAGE', message: expect.stringContaining('does not exist in the registry') as string },
    });
    status = 401;
    expect(await install()).toMatchObject({ code: 4, error: { code: 'NPM_REGISTRY', kind: 'auth' } });
    await new Promise((resolve) => registry.close(resolve));
    const silent = await install();
    expect(silent).toMatchObject({ code: 5, error: { code: 'NPM_REGISTRY', kind: 'incomplete', retryable: true } });
    expect(silent.error).toMatchObject({
      message: expect.stringMatching(
        /^npm could not ask its registry for sindri-provider-paper: .*ECONNREFUSED/,
      ) as string,
    });
  });

  it('leave stdin to the loop that they stand in', () => {
    const loop = 'while read -r line; do "$0" "$1" emulator logs; echo "$line"; done';
    const { stdout } = spawnSync('sh', ['-c', loop, process.execPath, bin], {
      cwd: workplace.dir,
      env: workplace.env,
      input: 'one\ntwo\nthree\n',
      encoding: 'utf8',
    });
    expect(stdout.split('\n').filter((line) => /^(one|two|three)$/.test(line))).toEqual(['one', 'two', 'three']);
  });

  const full = process.platform === 'linux' ? it : it.skip;
  full.each([[['plugins', '--json']], [['help']]])('%j says when stdout is full', (args) => {
    const { status, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd: workplace.dir,
      env: workplace.env,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([5, expect.stringMatching(/^Error: stdout cannot be written[^\n]*\n$/)]);
  });
});
