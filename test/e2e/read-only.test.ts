import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createWorkplace, quickstart, root, type Workplace } from './sindri';

describe('commands that must not change anything', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeAll(async () => {
    emulator = await startFlyEmulator();
    workplace = createWorkplace(emulator.env);
  });

  afterAll(async () => {
    await emulator.stop();
    workplace.remove();
  });

  beforeEach(() => emulator.requests.clear());

  const methods = (): string[] => [...new Set(emulator.requests.list().map((request) => request.method))];

  it('plan sends only GETs, before and after a deploy; a second deploy plans nothing and writes nothing', async () => {
    workplace.write('sindri.yaml', quickstart('read-only'));
    const first = await workplace.json(['plan']);
    expect(first.ended.code).toBe(0);
    expect(first.document.changes.length).toBeGreaterThan(3);
    expect(methods()).toEqual(['GET']);
    expect((await workplace.run(['plan', '--detailed-exitcode'])).code).toBe(10);

    expect((await workplace.run(['deploy', '--yes'])).code).toBe(0);
    emulator.requests.clear();

    const second = await workplace.json(['plan', '--detailed-exitcode']);
    expect(second.ended.code).toBe(0);
    expect(second.document.changes).toEqual([]);
    expect((await workplace.run(['status'])).code).toBe(0);
    expect((await workplace.run(['deploy', '--dry-run'])).code).toBe(0);
    const again = await workplace.run(['deploy', '--yes']);
    expect(again.code).toBe(0);
    expect(methods()).toEqual(['GET']);
  });

  const samples = readdirSync(path.join(root, 'examples/fly')).filter((name) => name.endsWith('.sindri.yaml'));
  /** Their commit is looked up in a repository that no test may ask. */
  const built = samples.filter((name) => name.startsWith('from-source'));

  it.each(samples.filter((name) => !built.includes(name)))(
    'examples/fly/%s validates, and plans with GETs only',
    async (name) => {
      const file = path.join(root, 'examples/fly', name);
      const env = { CI_COMMIT_SHA: '0123abc', ...placeholders(readFileSync(file, 'utf8')) };
      const validated = await workplace.run(['config', 'validate', '--config', file], { env });
      expect([validated.code, validated.code && validated.stderr]).toEqual([0, 0]);
      const planned = await workplace.run(['plan', '--config', file], { env });
      expect([planned.code, planned.code && planned.stderr]).toEqual([0, 0]);
      expect(methods().filter((method) => method !== 'GET')).toEqual([]);
    },
  );

  it.each(built)('examples/fly/%s validates; without its repository nothing is planned instead', async (name) => {
    const file = path.join(root, 'examples/fly', name);
    expect((await workplace.run(['config', 'validate', '--config', file])).code).toBe(0);
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
    const planned = await workplace.run(['plan', '--config', file], { env });
    expect(planned.code).toBe(5);
    expect(planned.stderr).toContain('SOURCE_UNREACHABLE');
    expect(methods().filter((method) => method !== 'GET')).toEqual([]);
  });

  it('says with the date that GPUs are gone', async () => {
    const planned = await workplace.run(['plan', '--config', path.join(root, 'examples/fly/gpu.sindri.yaml')]);
    expect(planned.code).toBe(0);
    expect(planned.stdout + planned.stderr).toContain('2026-08-01');
  });

  it('shows the refusal of the platform when a GPU is asked for all the same', async () => {
    const refused = await workplace.run([
      'deploy',
      '--yes',
      '--config',
      path.join(root, 'examples/fly/gpu.sindri.yaml'),
    ]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/GPU/i);
  });
});

/** Values for the secrets that a sample requires. */
function placeholders(text: string): Record<string, string> {
  const names = [...text.matchAll(/name:\s*([A-Z][A-Z0-9_]+)/g)].map((match) => match[1] as string);
  return Object.fromEntries(
    names.filter((name) => name !== 'AUTHORIZED_KEYS').map((name) => [name, `value-of-${name}`]),
  );
}
