import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, root, type Workplace } from './sindri';

/** What `npm install` would bring, from this repository: no registry is asked. */
function installFromHere(directory: string): void {
  const modules = path.join(directory, 'node_modules');
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  for (const name of ['@sindri', '@types']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name), 'dir');
  }
  symlinkSync(path.join(root, 'node_modules/typescript/bin/tsc'), path.join(modules, '.bin/tsc'));
}

describe('provider new', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = createWorkplace();
  });

  afterEach(() => workplace.remove());

  it.each(['typescript', 'javascript'])(
    'in %s: its tests pass, it is linked, verified, and deploys',
    async (language) => {
      const { document, ended } = await workplace.json(['provider', 'new', 'my-cloud', `--${language}`]);
      expect([ended.code, document.package]).toEqual([0, 'sindri-provider-my-cloud']);
      const { directory } = document as { directory: string };
      const texts = (document.files as string[]).map((file) => readFileSync(path.join(directory, file), 'utf8'));
      expect(texts.join('\n')).not.toMatch(/my.?platform/i);
      const declared = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
      const { version } = JSON.parse(readFileSync(path.join(root, 'lerna.json'), 'utf8'));
      expect(declared.devDependencies['@sindri/testkit']).toBe(`^${version}`);

      installFromHere(directory);
      const env = { ...workplace.env, npm_config_offline: 'true', npm_config_update_notifier: 'false' };
      const tested = execFileSync('npm', ['test', '--silent'], { cwd: directory, env, encoding: 'utf8' });
      expect(tested).toMatch(/^\S+ fail 0$/m);

      expect((await workplace.run(['plugins', 'link', directory, '--no-install'])).code).toBe(0);
      const { document: report } = await workplace.json(['provider', 'verify', 'my-cloud']);
      expect([report.status, report.failed]).toEqual(['passed', 0]);
      // What the package cannot do is told by name, and it is what was said at the beginning.
      const reasons = report.cases.map(({ reason = '' }: { reason?: string }) => reason).join('\n');
      for (const capability of document.missing) expect(reasons).toContain(`"${capability}"`);

      expect((await workplace.run(['config', 'init', '--provider', 'my-cloud', '--name', 'first'])).code).toBe(0);
      const deployed = await workplace.run(['deploy', '--yes']);
      expect([deployed.code, deployed.code && deployed.stderr]).toEqual([0, 0]);
      expect(readdirSync(path.join(workplace.env.HOME as string, 'my-cloud'))).toEqual(['first.json']);
      expect((await workplace.json(['plan'])).document.changes).toEqual([]);
      expect((await workplace.json(['status'])).document.state).toBe('running');
      const destroyed = await workplace.run(['destroy', '--yes']);
      expect([destroyed.code, destroyed.code && destroyed.stderr]).toEqual([0, 0]);
      expect(readdirSync(path.join(workplace.env.HOME as string, 'my-cloud'))).toEqual([]);

      // Once it is installed, its name is taken.
      const again = await workplace.json(['provider', 'new', 'my-cloud', '--dir', 'elsewhere']);
      expect(again.document.error.code).toBe('PROVIDER_DUPLICATE');
    },
    180_000,
  );

  it('never writes over anything, and says which name would do', async () => {
    mkdirSync(path.join(workplace.dir, 'full'));
    writeFileSync(path.join(workplace.dir, 'full/letter.txt'), 'Dear John');
    workplace.write('file', 'a file');
    for (const dir of ['full', 'file']) {
      const { ended, document } = await workplace.json(['provider', 'new', 'my-cloud', '--dir', dir]);
      expect([dir, ended.code, document.error.code]).toEqual([dir, 2, 'FILE_EXISTS']);
    }
    const below = await workplace.json(['provider', 'new', 'my-cloud', '--dir', 'file/below']);
    expect([below.ended.code, below.document.error.code]).toEqual([2, 'USAGE']);
    expect(readdirSync(path.join(workplace.dir, 'full'))).toEqual(['letter.txt']);
    const { document } = await workplace.json(['provider', 'new', 'My Cloud']);
    expect(document.error).toMatchObject({ code: 'USAGE', hint: 'Did you mean "my-cloud"?' });
  }, 60_000);
});
