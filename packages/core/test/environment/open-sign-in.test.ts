import { openSignIn } from '../../src/environment/open-sign-in.js';
import { SindriError } from '../../src/model/errors.js';
import type { CredentialFacts, SignInAttempt } from '../../src/model/sign-in.js';
import type { Provider } from '../../src/provider/contract.js';
import type { SignIn } from '../../src/provider/sign-in.js';
import { createRedactor } from '../../src/redact/redactor.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

const env = { HOME: '/nowhere' };
const facts: CredentialFacts = { kind: 'token', accepted: true, user: null, reaches: null, expiresAt: null };

function attempt(more: Partial<SignInAttempt> = {}): SignInAttempt {
  return {
    url: 'https://acme.example/sign-in',
    expiresAt: 1,
    takesCode: false,
    credential: new Promise(() => undefined),
    submitCode: async () => null,
    close: async () => undefined,
    ...more,
  };
}

function acme(members: Partial<SignIn> = {}): Provider {
  const signIn: SignIn = {
    variable: 'ACME_TOKEN',
    locks: ['organization'],
    begin: async () => attempt(),
    accept: async () => ({ facts, keptIn: 'a file', overruledBy: null, notes: [] }),
    status: async () => ({ sources: [], facts: null, problems: [] }),
    signOut: async () => ({ removed: false, sources: [], notes: [] }),
    ...members,
  };
  return fakeProvider(emptyWorld(), { name: 'acme', title: 'Acme', capabilities: ['signIn'], signIn });
}

describe('openSignIn', () => {
  it('says plainly that a provider has none', () => {
    const provider = fakeProvider(emptyWorld(), { name: 'plain', title: 'Plain' });
    expect(() => openSignIn({ provider, env })).toThrow(/There is no signing in to Plain/);
    expect(() => openSignIn({ provider, env })).toThrow(expect.objectContaining({ code: 'CAPABILITY_UNSUPPORTED' }));
  });

  it('refuses a lock that the provider does not have, before it is called', async () => {
    let called = false;
    const provider = acme({
      begin: async () => {
        called = true;
        return attempt();
      },
    });
    const begin = (lock: object) => openSignIn({ provider, env }).begin({ computer: 'here', lock });
    await expect(begin({ app: 'x' })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      hint: expect.stringContaining('organization'),
    });
    expect(called).toBe(false);
    await begin({ organization: 'x' });
    expect(called).toBe(true);
  });

  it.each([
    ['file:///etc/passwd'],
    ['javascript:alert(1)'],
    ['https://acme.example/\u001b[2J'],
    ['--help'],
    ['https://'],
    [undefined],
  ])('does not hand out %j to be opened', async (url) => {
    const provider = acme({ begin: async () => attempt({ url: url as string }) });
    await expect(openSignIn({ provider, env }).begin({ computer: 'here' })).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
    });
  });

  it('hides a credential wherever it comes from, in answers and in errors', async () => {
    const redactor = createRedactor();
    const provider = acme({
      begin: async () => attempt({ credential: Promise.resolve('given-credential') }),
      accept: async (credential) => {
        throw new SindriError({ code: 'ACME_REFUSED', kind: 'auth', message: `${credential} is refused` });
      },
      status: async () => ({
        sources: [{ kind: 'kept', origin: 'given-credential', problem: null }],
        facts,
        problems: [],
      }),
    });
    const door = openSignIn({ provider, env, redactor });
    expect(await (await door.begin({ computer: 'here' })).credential).toBe('given-credential');
    expect(JSON.stringify(await door.status())).not.toContain('given-credential');
    await expect(door.accept('typed-credential')).rejects.toMatchObject({
      message: expect.not.stringContaining('typed-credential'),
    });
  });

  it.each<[string, Partial<SignIn>, (door: ReturnType<typeof openSignIn>) => Promise<unknown>]>([
    ['accept', { accept: async () => ({ notes: [] }) as never }, (door) => door.accept('x')],
    ['status', { status: async () => undefined as never }, (door) => door.status()],
    [
      'status',
      { status: async () => ({ sources: [{}], facts: null, problems: [] }) as never },
      (door) => door.status(),
    ],
    ['signOut', { signOut: async () => ({}) as never }, (door) => door.signOut()],
    ['begin', { begin: () => Promise.reject(new TypeError('oops')) }, (door) => door.begin({ computer: 'x' })],
  ])('what %s should not have said is the fault of the provider', async (method, members, ask) => {
    await expect(ask(openSignIn({ provider: acme(members), env }))).rejects.toMatchObject({
      code: 'PROVIDER_BROKEN',
      details: { provider: 'acme', method: `signIn.${method}` },
    });
  });

  it('ends with the signal, and closes what began too late', async () => {
    const controller = new AbortController();
    let closed = 0;
    let begun: (value: SignInAttempt) => void = () => undefined;
    const provider = acme({ begin: () => new Promise((resolve) => (begun = resolve)) });
    const begin = openSignIn({ provider, env, signal: controller.signal }).begin({ computer: 'here' });
    controller.abort();
    await expect(begin).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    begun(attempt({ close: async () => void closed++ }));
    await new Promise(setImmediate);
    expect(closed).toBe(1);
  });
});
