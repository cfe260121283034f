import { existsSync } from 'node:fs';
import { createProviderRegistry, type Provider, type ProviderSource } from '@sindri/core';
import { createReferencePlatform, createReferenceProvider, createReferenceSubject } from '@sindri/testkit';
import { verifyProvider } from '../../src/operations/provider-verify';
import { fakeShell } from '../fakes';

const platform = createReferencePlatform();

function shellWith(
  provider: Provider,
  source: Partial<ProviderSource> = {},
  rest: Parameters<typeof fakeShell>[0] = {},
): ReturnType<typeof fakeShell> {
  const declared = { name: provider.name, apiVersion: 1, origin: 'theirs 1.0.0', load: () => provider, ...source };
  return fakeShell({ providers: () => createProviderRegistry([declared]), ...rest });
}

describe('provider verify', () => {
  const local = { command: 'reference:start' };

  it('without a platform says how to try the rest', async () => {
    const shell = shellWith(createReferenceProvider(platform), { local });
    const result = await verifyProvider(shell, { name: 'reference', local: false });
    expect(result).toMatchObject({
      status: 'passed',
      platform: 'none',
      next: 'Try the rest on the local emulator: sindri provider verify reference --local',
    });
    expect(result.skipped).toBeGreaterThan(50);
    // Progress is about what ran.
    expect(shell.said).toHaveLength(result.passed);
    expect(shell.streamed).toHaveLength(result.cases.length);
    const alone = await verifyProvider(shellWith(createReferenceProvider(platform)), {
      name: 'reference',
      local: false,
    });
    expect(alone.next).toMatch(/ships no conformance subject.*no local emulator/);
  });

  it('uses the subject of the package', async () => {
    const file = '/theirs/conformance.js';
    const shell = shellWith(
      createReferenceProvider(platform),
      { conformance: file },
      {
        importModule: async (asked) => (asked === file ? { createSubject: createReferenceSubject } : null),
      },
    );
    const result = await verifyProvider(shell, { name: 'reference', local: false });
    expect(result).toMatchObject({ status: 'passed', failed: 0, skipped: 0, platform: 'subject', next: null });
  });

  it('with --local tries everything on the local emulator, as somebody without keys, and leaves nothing', async () => {
    const homes = new Set<string | undefined>();
    const seen = new Set<string>();
    const reference = createReferenceProvider(platform);
    const provider: Provider = {
      ...reference,
      observe(spec, context, request) {
        homes.add(context.env.HOME);
        for (const name of Object.keys(context.env)) seen.add(name);
        return reference.observe(spec, context, request);
      },
    };
    const started: string[] = [];
    const shell = shellWith(
      provider,
      { local },
      {
        env: { PATH: '/bin', HOME: '/home/me', SSH_AUTH_SOCK: '/agent', GITHUB_TOKEN: 'mine', REFERENCE_ORG: 'acme' },
        async startLocal({ name }) {
          started.push(name);
          return { REFERENCE_TOKEN: platform.token };
        },
      },
    );
    const result = await verifyProvider(shell, { name: 'reference', local: true });
    expect(result).toMatchObject({ status: 'passed', failed: 0, skipped: 7, platform: 'local', next: null });
    expect(started).toEqual(['reference']);
    expect([...seen].sort()).toEqual(['HOME', 'PATH', 'REFERENCE_TOKEN', 'SINDRI_KEYRING', 'USERPROFILE']);
    const [home] = homes;
    expect([homes.size, home === '/home/me', existsSync(home as string)]).toEqual([1, false, false]);
    expect(platform.things).toEqual([]);
  });

  it('leaves nothing when it is interrupted', async () => {
    const shell = shellWith(
      createReferenceProvider(platform),
      { local },
      {
        startLocal: async () => ({ REFERENCE_TOKEN: platform.token }),
      },
    );
    const { signal } = shell;
    const provider = createReferenceProvider(platform);
    const interrupting = shellWith(
      {
        ...provider,
        async apply(change, context) {
          const result = await provider.apply(change, context);
          shell.interrupt(new Error('Ctrl-C'));
          return result;
        },
      },
      { local },
      { signal, startLocal: shell.startLocal },
    );
    const result = await verifyProvider(interrupting, { name: 'reference', local: true });
    expect(result.status).toBe('aborted');
    expect(result.passed).toBeGreaterThan(0);
    const ended = result.cases.filter(({ reason }) => reason === 'the run was ended during this case');
    expect(ended).toHaveLength(1);
    expect(platform.things).toEqual([]);
  });

  it('reports what it has when its time is over', async () => {
    const reference = createReferenceProvider(platform);
    const hanging: Provider = {
      ...reference,
      // Until it is told to stop.
      check: (_request, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    const shell = shellWith(hanging, { local }, { startLocal: async () => ({ REFERENCE_TOKEN: platform.token }) });
    // Little comes before the one that hangs: a busy machine gets there within the time.
    const cases = ['identity:*', 'check: reports*'];
    const result = await verifyProvider(shell, { name: 'reference', local: true, cases, timeoutMs: 2000 });
    expect([result.status, shell.signal.aborted]).toEqual(['aborted', false]);
    expect(result.cases.find(({ name }) => name.startsWith('check: reports'))?.reason).toBe(
      'the run was ended during this case',
    );
  });

  it('runs the cases that are meant, and names them all for a pattern that means none', async () => {
    const shell = shellWith(createReferenceProvider(platform));
    const request = { name: 'reference', local: false };
    const { cases } = await verifyProvider(shell, { ...request, cases: ['identity:*', 'SCHEMA is closed'] });
    expect(cases.map(({ name }) => name)).toEqual([
      'identity: members and declared capabilities agree with the contract',
      'identity: every provider that the factory makes is the same',
      'options: the schema is closed at every level',
    ]);
    await expect(verifyProvider(shell, { ...request, cases: ['no such thing'] })).rejects.toMatchObject({
      code: 'USAGE',
      message: 'No case of the conformance kit matches "no such thing".',
      hint: expect.stringContaining('\n  plan: is pure\n'),
    });
  });
});
