import { PassThrough } from 'node:stream';
import {
  createProviderRegistry,
  createRedactor,
  SindriError,
  type CredentialFacts,
  type Provider,
  type SignIn,
  type SignInAttempt,
} from '@sindri/core';
import { formatAuthStatus, formatLogin, formatLogout } from '../../src/format/auth';
import { login, type LoginRequest } from '../../src/operations/auth-login';
import { logout } from '../../src/operations/auth-logout';
import { authStatus, authStatusExitCode } from '../../src/operations/auth-status';
import { hasBrowser } from '../../src/operations/open-address';
import type { Prompts } from '../../src/prompts';
import type { Shell } from '../../src/shell';
import { fakeShell, plain } from '../fakes';

const facts: CredentialFacts = {
  kind: 'token',
  accepted: true,
  user: 'somebody',
  reaches: [{ organization: 'acme', apps: null }],
  expiresAt: null,
};

/** A page in memory: what a person does with it, and what became of the attempt. */
interface Page {
  approve(): void;
  fail(error: unknown): void;
  code: string;
  closed: number;
  requests: unknown[];
  accepted: [string, unknown][];
}

function acme(name = 'acme', takesCode = true): { provider: Provider; page: Page } {
  let approve: (value: string) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const credential = new Promise<string>((resolve, reject) => ([approve, fail] = [resolve, reject]));
  credential.catch(() => undefined);
  const page: Page = {
    approve: () => approve('acme-credential'),
    fail: (error) => fail(error),
    code: 'right',
    closed: 0,
    requests: [],
    accepted: [],
  };
  const attempt: SignInAttempt = {
    url: 'https://acme.example/sign-in',
    expiresAt: 0,
    takesCode,
    credential,
    async submitCode(code) {
      if (code !== page.code) return 'That code is wrong.';
      page.approve();
      return null;
    },
    close: async () => void page.closed++,
  };
  const signIn: SignIn = {
    variable: 'ACME_TOKEN',
    locks: ['organization'],
    async begin(request) {
      page.requests.push(request);
      return attempt;
    },
    async accept(given, _context, lock) {
      page.accepted.push([given, lock]);
      return { facts, keptIn: 'the keyring', overruledBy: null, notes: [] };
    },
    status: async () => ({ sources: [], facts: null, problems: [] }),
    signOut: async () => ({ removed: true, sources: [], notes: [] }),
  };
  const provider = { name, apiVersion: 1, title: 'Acme', capabilities: ['signIn'], signIn } as unknown as Provider;
  return { provider, page };
}

/** A provider has more members than these tests need: the registry would refuse it. */
function shellWith(providers: Provider[], rest: Partial<Shell> = {}) {
  const registry = createProviderRegistry([]);
  return fakeShell({
    env: { HOME: '/nowhere' },
    redactor: createRedactor(),
    providers: () => ({
      ...registry,
      list: () => providers.map(({ name }) => ({ name }) as never),
      get: async (name: string) => providers.find((one) => one.name === name) ?? registry.get(name),
    }),
    ...rest,
  });
}

/** Answers questions for a line of text, one after the other; then there is only waiting. */
function typing(...lines: (string | null)[]): Prompts {
  return {
    confirm: async () => false,
    typed: async () => false,
    hidden: async () => null,
    text: (_question, signal) =>
      lines.length > 0
        ? Promise.resolve(lines.shift() ?? null)
        : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  };
}

function stdinOf(...chunks: string[]): Shell['streams'] {
  const stdin = new PassThrough();
  for (const chunk of chunks) stdin.write(chunk);
  stdin.end();
  return { stdin, stdout: new PassThrough(), stderr: new PassThrough() } as unknown as Shell['streams'];
}

const request = (more: Partial<LoginRequest> = {}): LoginRequest => ({
  local: false,
  withToken: false,
  lock: {},
  ...more,
});
const world = (opened: string[] = [], browser = true) => ({
  computer: 'laptop',
  hasBrowser: browser,
  open: async (url: string) => opened.push(url) > 0,
});

describe('login in the browser', () => {
  it('opens the page, shows its address, and goes on when somebody has approved', async () => {
    const { provider, page } = acme();
    const opened: string[] = [];
    const shell = shellWith([provider], { prompts: typing() });
    const result = login(shell, request(), world(opened));
    setImmediate(page.approve);
    expect(await result).toMatchObject({ provider: 'acme', by: 'browser', keptIn: 'the keyring' });
    expect([opened, page.requests, page.accepted, page.closed]).toEqual([
      ['https://acme.example/sign-in'],
      [{ computer: 'laptop' }],
      [['acme-credential', undefined]],
      1,
    ]);
    expect(shell.said.join('\n')).toContain('https://acme.example/sign-in');
  });

  it('without a browser takes the code that somebody types; a wrong one may be followed by another', async () => {
    const { provider, page } = acme();
    const opened: string[] = [];
    const shell = shellWith([provider], { prompts: typing('wrong', '', 'right') });
    await login(shell, request({ lock: { organization: 'acme' } }), world(opened, false));
    expect(opened).toEqual([]);
    expect(page.requests).toEqual([{ computer: 'laptop', lock: { organization: 'acme' } }]);
    expect(page.accepted).toEqual([['acme-credential', { organization: 'acme' }]]);
    expect(shell.said.join('\n')).toMatch(/no browser in this session[^]*That code is wrong/);
  });

  it('Ctrl-D at the question leaves the page its time', async () => {
    const { provider, page } = acme();
    const answer = async (): Promise<null> => {
      setImmediate(page.approve);
      return null;
    };
    const result = login(shellWith([provider], { prompts: { ...typing(), text: answer } }), request(), world());
    expect(await result).toMatchObject({ by: 'browser' });
  });

  it('asks for no code where there is none', async () => {
    const { provider, page } = acme('acme', false);
    const prompts = { ...typing(), text: () => Promise.reject(new Error('asked')) };
    const result = login(shellWith([provider], { prompts }), request(), world());
    setImmediate(page.approve);
    await result;
  });

  it('ends with the attempt, keeps nothing, and closes it', async () => {
    const { provider, page } = acme();
    const result = login(shellWith([provider], { prompts: typing() }), request(), world());
    setImmediate(() => page.fail(new SindriError({ code: 'SIGN_IN_EXPIRED', kind: 'auth', message: 'over' })));
    await expect(result).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
    expect([page.accepted, page.closed]).toEqual([[], 1]);
  });

  it('ends at Ctrl-C', async () => {
    const controller = new AbortController();
    const { provider, page } = acme();
    const shell = shellWith([provider], { prompts: typing(), signal: controller.signal });
    const result = login(shell, request(), world());
    const interrupted = new SindriError({ code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'Interrupted.' });
    setImmediate(() => controller.abort(interrupted));
    await expect(result).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(page.closed).toBe(1);
  });

  it('needs somebody: without a terminal it names the other ways, and begins nothing', async () => {
    const { provider, page } = acme();
    await expect(login(shellWith([provider], { prompts: null }), request(), world())).rejects.toMatchObject({
      code: 'SIGN_IN_NEEDS_PERSON',
      kind: 'usage',
      hint: expect.stringMatching(/--with-token.*ACME_TOKEN/),
    });
    expect(page.requests).toEqual([]);
  });

  it.each([
    [{ BROWSER: 'x', SSH_TTY: '/dev/pts/1' }, 'linux', true],
    [{ SSH_CONNECTION: '1' }, 'darwin', false],
    [{ DISPLAY: ':0', SSH_TTY: '/dev/pts/1' }, 'linux', false],
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{}, 'linux', false],
    [{}, 'darwin', true],
    [{}, 'win32', true],
  ] as const)('%j on %s: browser %s', (env, system, there) => expect(hasBrowser(env, system)).toBe(there));
});

describe('login with a token', () => {
  it('reads standard input to its end, and hides what came', async () => {
    const { provider, page } = acme();
    const shell = shellWith([provider], { streams: stdinOf('acme-', 'credential\n') });
    expect(await login(shell, request({ withToken: true }))).toMatchObject({ by: 'stdin' });
    expect(page.accepted).toEqual([['acme-credential', undefined]]);
    expect(shell.redactor.text('acme-credential')).not.toContain('acme-credential');
  });

  it.each<[string, Shell['streams'], RegExp]>([
    ['nothing', stdinOf(' \n'), /nothing came/],
    ['far too much', stdinOf('x'.repeat(300_000)), /far longer/],
    ['a terminal', { ...stdinOf(''), stdin: { isTTY: true } as never }, /would be shown/],
  ])('refuses %s', async (_title, streams, why) => {
    const { provider, page } = acme();
    const result = login(shellWith([provider], { streams }), request({ withToken: true }));
    await expect(result).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(why) });
    expect(page.accepted).toEqual([]);
  });

  it('ends at Ctrl-C while nothing comes', async () => {
    const controller = new AbortController();
    const streams = { ...stdinOf(), stdin: new PassThrough() as never };
    const shell = shellWith([acme().provider], { streams, signal: controller.signal });
    const result = login(shell, request({ withToken: true }));
    setImmediate(() => controller.abort(new Error('interrupted')));
    await expect(result).rejects.toThrow('interrupted');
  });
});

describe('which provider', () => {
  const plainProvider = { name: 'plain', title: 'Plain', capabilities: [] } as unknown as Provider;

  it('the only one that has a sign-in; several must be told apart', async () => {
    const one = shellWith([plainProvider, acme().provider]);
    expect((await authStatus(one, { local: false })).providers.map(({ provider }) => provider)).toEqual(['acme']);
    const two = shellWith([acme('beta').provider, acme('alpha').provider]);
    await expect(logout(two, { local: false })).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringMatching(/--provider/),
    });
    expect(await logout(two, { local: false, provider: 'beta' })).toMatchObject({ provider: 'beta' });
    expect((await authStatus(two, { local: false })).providers.map(({ provider }) => provider)).toEqual([
      'alpha',
      'beta',
    ]);
  });

  it('one without says so plainly', async () => {
    const shell = shellWith([plainProvider]);
    await expect(authStatus(shell, { local: false })).rejects.toMatchObject({ code: 'CAPABILITY_UNSUPPORTED' });
    await expect(logout(shell, { local: false, provider: 'plain' })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      message: expect.stringContaining('Plain'),
    });
  });
});

describe('texts', () => {
  const status = (more: object) => ({
    schema: 'sindri.auth-status/1' as const,
    providers: [{ provider: 'acme', title: 'Acme', signedIn: true, sources: [], facts: null, problems: [], ...more }],
  });
  const variable = { kind: 'environment' as const, origin: 'ACME_TOKEN', problem: null };
  const kept = { kind: 'kept' as const, origin: 'the keyring', problem: null };

  it.each([
    [status({ signedIn: true }), 0],
    [status({ signedIn: false }), 4],
    [status({ signedIn: null }), 5],
  ])('exit status', (result, code) => expect(authStatusExitCode(result)).toBe(code));

  it('who is signed in, by what and for what', () => {
    const expiresAt = '2027-01-01T00:00:00Z';
    const reaches = [
      { organization: 'acme', apps: ['one', 'two'] },
      { organization: 'other', apps: null },
    ];
    const seen = status({ sources: [variable, kept], facts: { ...facts, reaches, expiresAt } });
    expect(formatAuthStatus(seen, plain, false)).toBe(
      [
        '✓ Acme: signed in',
        '  from     ACME_TOKEN',
        '  kind     token',
        '  whose    somebody',
        '  may use  one, two in organization acme',
        '           organization other',
        '  expires  2027-01-01T00:00:00Z',
        '  not used the keyring',
      ].join('\n'),
    );
  });

  it('nobody, somebody who is refused, and what cannot be found out', () => {
    const next = (words: string) => `./sindri ${words}`;
    expect(formatAuthStatus(status({ signedIn: false }), plain, false, next)).toBe(
      '✗ Acme: not signed in\n  Sign in: ./sindri auth login',
    );
    const problems = [{ code: 'ACME_X', message: 'It is \u001b[2Jexpired.', hint: 'Ask again.' }];
    expect(formatAuthStatus(status({ signedIn: false, sources: [kept], problems }), plain, false)).toBe(
      '✗ Acme: refused\n  from     the keyring\n  It is expired.\n  Hint: Ask again.',
    );
    expect(formatAuthStatus(status({ signedIn: null, sources: [variable] }), plain, true)).toBe(
      '? Acme: cannot tell\n  from     ACME_TOKEN of the local emulator',
    );
  });

  it('a login says what comes before it, a logout what is left', () => {
    const done = {
      provider: 'acme',
      title: 'Acme',
      by: 'stdin' as const,
      facts,
      keptIn: 'the keyring',
      notes: ['Look.'],
    };
    const result = { schema: 'sindri.auth-login/1' as const, ...done, overruledBy: 'ACME_TOKEN' };
    expect(formatLogin(result, plain, false)).toMatch(
      /kept in {2}the keyring\n {2}! Look\.\n {2}! ACME_TOKEN is set and comes/,
    );
    expect(formatLogin(result, plain, true)).toContain('token of the local emulator itself');
    expect(formatLogin(result, plain, false)).toMatch(/^✓ Signed in to Acme\.\n/);
    const untried = { ...result, facts: { ...facts, accepted: null } };
    expect(formatLogin(untried, plain, false)).toMatch(
      /^\? The token for Acme is kept\. Whether it works is not known\./,
    );
    expect(formatLogin({ ...untried, by: 'browser' }, plain, false)).toMatch(/^✓ Signed in to Acme\.\n/);
    const left = { schema: 'sindri.auth-logout/1' as const, provider: 'acme', title: 'Acme', removed: true, notes: [] };
    expect(formatLogout({ ...left, sources: [variable] }, plain, false)).toBe(
      '✓ Signed out of Acme.\n  Still signed in by ACME_TOKEN: unset it to be signed out.',
    );
    expect(formatLogout({ ...left, removed: false, sources: [] }, plain, false)).toBe(
      'No sign-in to Acme was kept here.\n  Nobody is signed in.',
    );
  });
});
