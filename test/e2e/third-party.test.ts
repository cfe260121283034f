import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, root, type Workplace } from './sindri';

const example = path.join(root, 'examples/custom-provider');

describe('a third party provider', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = createWorkplace();
  });

  afterEach(() => workplace.remove());

  /** The example as its author would publish it: the tarball. */
  function pack(into: string): string {
    const target = path.join(workplace.dir, into);
    mkdirSync(target);
    execFileSync('npm', ['pack', '--silent', '--pack-destination', target], { cwd: example });
    const [tarball] = readdirSync(target).filter((name) => name.endsWith('.tgz'));
    return path.join(target, tarball as string);
  }

  /** And unpacked where a user has it. */
  function unpack(into: string): string {
    const tarball = pack(into);
    execFileSync('tar', ['xzf', tarball], { cwd: path.dirname(tarball) });
    return path.join(path.dirname(tarball), 'package');
  }

  const ways: [string, () => string[], Record<string, string>][] = [
    ['linked', () => ['link', unpack('theirs'), '--no-install'], {}],
    // Nothing that it needs is anywhere else, so that no registry is asked; one that does not answer makes sure.
    [
      'installed from its tarball, without a network,',
      () => ['install', `file:${pack('theirs')}`],
      { npm_config_offline: 'true', npm_config_registry: 'http://127.0.0.1:9/' },
    ],
  ];

  it.each(ways)(
    'is packed, %s into a fresh data directory, verified, and deploys',
    async (_title, way, env) => {
      const { name: packageName, sindri } = JSON.parse(readFileSync(path.join(example, 'package.json'), 'utf8'));
      const declared = sindri.provider;
      const added = await workplace.run(['plugins', ...way()], { env });
      expect([added.code, added.code && added.stderr]).toEqual([0, 0]);

      const list = await workplace.json(['provider', 'list']);
      expect(JSON.stringify(list.document)).toContain(declared.name);
      const verified = await workplace.json(['provider', 'verify', declared.name]);
      expect([verified.ended.code, verified.ended.code && verified.ended.stdout]).toEqual([0, 0]);

      workplace.write('sindri.yaml', `version: "3.0"\nname: at-home\ndeployment:\n  provider: ${declared.name}\n`);
      const deployed = await workplace.run(['deploy', '--yes']);
      expect([deployed.code, deployed.code && deployed.stderr]).toEqual([0, 0]);
      const ran = await workplace.run(['exec', '--', 'echo hello; exit 5']);
      expect([ran.code, ran.stdout]).toEqual([5, 'hello\n']);
      expect((await workplace.json(['plan'])).document.changes).toEqual([]);
      expect((await workplace.run(['destroy', '--yes'])).code).toBe(0);
      expect((await workplace.json(['status'])).document.state).toBe('absent');

      expect((await workplace.run(['plugins', 'uninstall', packageName], { env })).code).toBe(0);
      const after = await workplace.json(['provider', 'list']);
      expect(JSON.stringify(after.document)).not.toContain(packageName);
    },
    120_000,
  );

  it('what it cannot read is no success: neither "nothing to destroy" nor "nothing to do"', async () => {
    expect((await workplace.run(['plugins', 'link', unpack('theirs'), '--no-install'])).code).toBe(0);
    workplace.write('sindri.yaml', 'version: "3.0"\nname: at-home\ndeployment:\n  provider: directory\n');
    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    const directory = path.join(workplace.env.HOME as string, 'sindri-environments/at-home');
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'no directory any more');
    for (const command of ['destroy', 'deploy', 'plan']) {
      const { ended, document } = await workplace.json(command === 'plan' ? ['plan'] : [command, '--yes']);
      expect([command, ended.code, document.error?.code]).toEqual([command, 5, 'PLAN_UNOBSERVED']);
      expect(document.error.message).toContain('at-home');
    }
    expect((await workplace.json(['status'])).document.state).toBe('unknown');
  }, 120_000);

  const faulty: [string, (directory: string) => void, string, string][] = [
    [
      'another apiVersion',
      (dir) => edit(dir, (pack) => (pack.sindri.provider.apiVersion = 99)),
      'PROVIDER_API_VERSION',
      '99',
    ],
    [
      'a broken entry',
      (dir) => edit(dir, (pack) => (pack.sindri.provider.entry = './gone.js')),
      'PROVIDER_BROKEN',
      'gone.js',
    ],
    [
      'a name that is taken',
      (dir) => edit(dir, (pack) => (pack.sindri.provider.name = 'fly')),
      'PROVIDER_DUPLICATE',
      'fly',
    ],
  ];

  it.each(faulty)(
    'with %s is refused by name, with the fix',
    async (_title, spoil, code, word) => {
      const directory = unpack('theirs');
      spoil(directory);
      const pack = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
      expect((await workplace.run(['plugins', 'link', directory, '--no-install'])).code).toBe(0);
      workplace.write(
        'sindri.yaml',
        `version: "3.0"\nname: x\ndeployment:\n  provider: ${pack.sindri.provider.name}\n`,
      );
      const ended = await workplace.run(['plan']);
      expect(ended.code).not.toBe(0);
      expect(ended.stderr).toContain(code);
      expect(ended.stderr).toContain(pack.name);
      expect(ended.stderr).toContain(word);
    },
    60_000,
  );
});

function edit(directory: string, change: (pack: { sindri: { provider: Record<string, unknown> } }) => void): void {
  const file = path.join(directory, 'package.json');
  const pack = JSON.parse(readFileSync(file, 'utf8'));
  change(pack);
  writeFileSync(file, JSON.stringify(pack, null, 2));
}
