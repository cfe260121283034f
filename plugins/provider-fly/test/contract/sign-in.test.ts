import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OperationContext, SignIn, SignInAttempt } from '@sindri/core';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createFlyProvider } from '../../src/index';
import { fastClock, testContext, type TestContext } from '../support/context';
import { startScriptedFly, type ScriptedAnswer, type ScriptedFly } from '../support/scripted-fly';

const signIn = createFlyProvider().signIn as SignIn;

let home: string;
let contexts: TestContext[];
let attempts: SignInAttempt[];
let hidden: string[];

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'sindri-sign-in-'));
  contexts = [];
  attempts = [];
  hidden = [];
});
afterEach(async () => {
  await Promise.all(attempts.map((attempt) => attempt.close()));
  contexts.forEach((context) => context.remove());
  rmSync(home, { recursive: true, force: true });
});

function contextAt(url: string, more: Partial<OperationContext> = {}): TestContext {
  const { env, ...others } = more;
  const context = testContext({
    env: { FLY_API_BASE_URL: url, FLY_FLAPS_BASE_URL: url, HOME: home, ...env },
    hide: (value) => void hidden.push(value),
    ...others,
    stateDir: path.join(home, 'state'),
  });
  contexts.push(context);
  return context;
}

async function begin(context: OperationContext, lock?: { organization?: string; app?: string }) {
  const attempt = await signIn.begin({ computer: 'laptop', ...(lock === undefined ? {} : { lock }) }, context);
  attempts.push(attempt);
  return attempt;
}

describe('with the emulator on the other side', () => {
  let fly: FlyEmulator;

  beforeAll(async () => {
    fly = await startFlyEmulator({ orgs: ['acme'] });
    fly.admin.seedApp({ name: 'mine' });
  });
  afterAll(() => fly.stop());

  /** What a person does with the page. Returns its code, and where it would bring it. */
  const approve = async (url: string, decision = 'approve') => {
    const body = new URLSearchParams({ decision, token: fly.token });
    const html = await (await fetch(url, { method: 'POST', body })).text();
    const callback = (/data-callback="([^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&#38;', '&');
    return { code: /<code id="code">([^<]+)/.exec(html)?.[1] ?? '', callback };
  };

  it('the page brings the code, the token is kept in a private file, and signs in from then on', async () => {
    const context = contextAt(fly.url);
    const attempt = await begin(context);
    expect(attempt).toMatchObject({ takesCode: true, url: expect.stringContaining(`${fly.url}/app/auth/cli/`) });
    const { callback } = await approve(attempt.url);
    expect((await fetch(callback.replace(/state=[^&]+/, 'state=other'))).status).toBe(400);
    expect((await fetch(callback)).status).toBe(200);
    const token = await attempt.credential;
    expect(hidden).toContain(token);
    await attempt.close();
    await expect(fetch(callback)).rejects.toThrow();

    const accepted = await signIn.accept(token, context);
    const file = path.join(home, 'state/credentials/fly.json');
    expect(accepted).toMatchObject({
      keptIn: file,
      overruledBy: null,
      notes: [],
      facts: { kind: 'personal token', accepted: true, expiresAt: null },
    });
    expect(accepted.facts.reaches?.map(({ organization }) => organization)).toEqual(['personal', 'acme']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await signIn.status(context)).toMatchObject({
      sources: [{ kind: 'kept', origin: file, problem: null }],
      facts: { accepted: true },
      problems: [],
    });
    const { items } = await createFlyProvider().check({}, context);
    expect(items.find(({ id }) => id === 'access')).toMatchObject({ status: 'ok' });

    const left = await signIn.signOut(context);
    expect(left).toMatchObject({ removed: true, sources: [], notes: [expect.stringContaining('stays valid')] });
    expect(await signIn.signOut(context)).toMatchObject({ removed: false, sources: [], notes: [] });
    expect((await signIn.status(context)).sources).toEqual([]);
  });

  it('a pasted code is the other way; a wrong one may be followed by the right one', async () => {
    const attempt = await begin(contextAt(fly.url));
    expect(await attempt.submitCode('wrong')).toMatch(/code is not accepted/);
    const { code, callback } = await approve(attempt.url);
    expect(await attempt.submitCode(` ${code} `)).toBeNull();
    expect(await attempt.credential).toMatch(/^fo1_/);
    // The page was a little slower.
    expect((await fetch(callback)).status).toBe(200);
  });

  it.each([
    [{ organization: 'acme' }, [{ organization: 'acme', apps: null }]],
    [{ app: 'mine' }, [{ organization: 'personal', apps: ['mine'] }]],
  ])('a lock to %j is on the token', async (lock, reaches) => {
    const context = contextAt(fly.url);
    const attempt = await begin(context, lock);
    await attempt.submitCode((await approve(attempt.url)).code);
    const { facts, notes } = await signIn.accept(await attempt.credential, context, lock);
    expect([facts.reaches, notes]).toEqual([reaches, []]);
  });

  it('says so when a lock was asked for and the token is wider', async () => {
    const { notes } = await signIn.accept(fly.token, contextAt(fly.url), { app: 'mine' });
    expect(notes).toEqual([expect.stringMatching(/reaches more than app mine/)]);
  });

  it('denied at the page: the code is asked for in vain, and the sign-in is over', async () => {
    const attempt = await begin(contextAt(fly.url));
    await approve(attempt.url, 'deny');
    await expect(attempt.submitCode('any')).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED', kind: 'auth' });
    await expect(attempt.credential).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
  });

  it('Ctrl-C ends it, and lets the port go', async () => {
    const controller = new AbortController();
    const attempt = await begin(contextAt(fly.url, { signal: controller.signal }));
    const { callback } = await approve(attempt.url);
    controller.abort(new Error('interrupted'));
    await expect(attempt.credential).rejects.toThrow('interrupted');
    await attempt.close();
    await expect(fetch(callback)).rejects.toThrow();
    await expect(begin(contextAt(fly.url, { signal: controller.signal }))).rejects.toThrow('interrupted');
  });

  it('after 15 minutes without an answer it is over', async () => {
    const attempt = await begin(contextAt(fly.url, { clock: fastClock(30_000) }));
    await expect(attempt.credential).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
  });

  it('a token is looked at before it is kept, and what was kept stays when it is refused', async () => {
    const context = contextAt(fly.url);
    await signIn.accept(fly.token, context);
    for (const [token, why] of [
      ['fo1_not-of-this-emulator', /does not accept/],
      ['fm2_not-of-this-emulator', /does not accept/],
      ['', /it is empty/],
      ['fm2_a b', /a blank inside/],
      ['x'.repeat(70_000), /far longer/],
    ] as const) {
      const refusal = { code: 'FLY_TOKEN_REFUSED', kind: 'auth', message: expect.stringMatching(why) };
      await expect(signIn.accept(token, context)).rejects.toMatchObject(refusal);
    }
    expect(await signIn.status(context)).toMatchObject({ sources: [{ kind: 'kept' }], facts: { accepted: true } });
  });

  it('tells every source in its order, and what still signs in after a sign-out', async () => {
    mkdirSync(path.join(home, '.fly'));
    writeFileSync(path.join(home, '.fly/config.yml'), `access_token: ${fly.token}\n`);
    const context = contextAt(fly.url, { env: { FLY_API_TOKEN: 'fo1_gone' } });
    expect(await signIn.accept(fly.token, context)).toMatchObject({ overruledBy: 'FLY_API_TOKEN', notes: [] });
    const status = await signIn.status(context);
    expect(status.sources.map(({ kind, problem }) => [kind, problem === null])).toEqual([
      ['environment', false],
      ['kept', true],
      ['other', true],
    ]);
    expect(status).toMatchObject({ facts: null, problems: [{ code: 'FLY_TOKEN_REFUSED' }] });
    expect(JSON.stringify(status)).not.toContain('fo1_');
    const left = await signIn.signOut(context);
    expect(left.sources.map(({ origin }) => origin)).toEqual(['FLY_API_TOKEN', '~/.fly/config.yml']);
  });
});

describe('with another server on the other side', () => {
  let fly: ScriptedFly;
  afterEach(() => fly.stop());

  const started = (more: object = {}): ScriptedAnswer => ({
    status: 201,
    body: { id: 's1', auth_url: `${fly.url}/auth`, pkce: true, ...more },
  });

  it('sends what the page and the redeem need, and no credential', async () => {
    fly = await startScriptedFly(({ path: asked }) =>
      asked.endsWith('/redeem') ? { body: { id: 's1', access_token: 'fo1_new', pkce: true } } : started(),
    );
    const context = contextAt(fly.url, { env: { FLY_API_TOKEN: 'fo1_old' } });
    const attempt = await begin(context, { organization: 'acme', app: 'mine' });
    await attempt.submitCode('the-code');
    const [start, redeem] = fly.seen as [(typeof fly.seen)[0], (typeof fly.seen)[0]];
    expect(start.body).toEqual({
      name: 'laptop',
      signup: false,
      target: 'auth',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{22}$/),
      redirect_port: expect.any(Number),
      metadata: { lock_organization: 'acme', lock_app: 'mine' },
    });
    expect([redeem.path, redeem.body]).toEqual([
      '/api/v1/cli_sessions/s1/redeem',
      { code: 'the-code', code_verifier: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(fly.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(JSON.stringify(context.events)).not.toContain('the-code');
  });

  it('an older server is asked every second until it has the token', async () => {
    let asked = 0;
    fly = await startScriptedFly(({ method }) =>
      method === 'POST'
        ? started({ pkce: undefined })
        : { body: ++asked < 3 ? { id: 's1' } : { access_token: 'fo1_x' } },
    );
    const attempt = await begin(contextAt(fly.url, { clock: fastClock(100) }));
    expect(attempt.takesCode).toBe(false);
    expect(await attempt.credential).toBe('fo1_x');
    expect(asked).toBe(3);
  });

  it('an older server that says 404 has forgotten it', async () => {
    fly = await startScriptedFly(({ method }) =>
      method === 'POST' ? started({ pkce: undefined }) : { status: 404, body: { error: 'not found' } },
    );
    const attempt = await begin(contextAt(fly.url, { clock: fastClock(100) }));
    await expect(attempt.credential).rejects.toMatchObject({ code: 'SIGN_IN_EXPIRED' });
  });

  it.each<[string, () => ScriptedAnswer, string]>([
    ['another host', () => started({ auth_url: 'http://evil.example/auth' }), 'FLY_ANSWER_UNEXPECTED'],
    ['a program to start', () => started({ auth_url: 'calculator:' }), 'FLY_ANSWER_UNEXPECTED'],
    ['no address', () => ({ status: 201, body: { id: 's1' } }), 'FLY_ANSWER_UNEXPECTED'],
    ['an id that leaves its path', () => started({ id: '../../v1/apps' }), 'FLY_ANSWER_UNEXPECTED'],
    ['a page', () => ({ body: '<html>Welcome to the hotel</html>' }), 'FLY_UNREACHABLE'],
    ['a redirect', () => ({ status: 302, headers: { location: 'https://evil.example/' } }), 'FLY_REQUEST_REFUSED'],
    ['a 404', () => ({ status: 404, body: 'no route' }), 'FLY_ENDPOINT_MISSING'],
  ])('%s in answer to the start: nothing to open', async (_title, answer, code) => {
    fly = await startScriptedFly(() => answer());
    await expect(begin(contextAt(fly.url))).rejects.toMatchObject({ code });
    expect(fly.seen).toHaveLength(1);
  });

  it.each<[string, ScriptedAnswer, string]>([
    ['an empty token', { body: { access_token: '' } }, 'FLY_ANSWER_UNEXPECTED'],
    ['no token', { body: { id: 's1' } }, 'FLY_ANSWER_UNEXPECTED'],
    ['a 404', { status: 404, body: { error: 'gone' } }, 'SIGN_IN_EXPIRED'],
    ['a 500', { status: 500, body: { error: 'oops' } }, 'FLY_API_ERROR'],
  ])('%s in answer to the redeem ends it', async (_title, answer, code) => {
    fly = await startScriptedFly(({ path: asked }) => (asked.endsWith('/redeem') ? answer : started()));
    const attempt = await begin(contextAt(fly.url));
    await expect(attempt.submitCode('c')).rejects.toMatchObject({ code });
    await expect(attempt.credential).rejects.toMatchObject({ code });
  });

  it.each([
    [{ status: 404, body: 'no route' }, 'fm2_x', null],
    [{ status: 500, body: { error: 'unknown kind' } }, 'fo1_x', true],
    [{ status: 401, body: { error: 'no' } }, 'fo1_x', true],
  ])('%j of the question whose token it is: what is not known is told as unknown', async (answer, token, accepted) => {
    fly = await startScriptedFly(({ path: asked }) =>
      asked.includes('tokens/current') ? answer : { body: { apps: [] } },
    );
    const { facts, notes } = await signIn.accept(token, contextAt(fly.url));
    expect(facts).toMatchObject({ accepted, user: null, reaches: null, expiresAt: null });
    expect(notes).toEqual([expect.stringContaining('does not say whose token')]);
  });

  it('nobody answers: the status says so, and does not take the token for refused', async () => {
    fly = await startScriptedFly([{}]);
    const context = contextAt('http://127.0.0.1:9', { clock: fastClock(1_000), env: { FLY_API_TOKEN: 'fo1_x' } });
    expect(await signIn.status(context)).toMatchObject({
      sources: [{ kind: 'environment', problem: null }],
      facts: null,
      problems: [{ code: 'FLY_UNREACHABLE' }],
    });
  });

  it('a token that is kept is in the file alone', async () => {
    fly = await startScriptedFly([{ body: { tokens: [] } }]);
    const context = contextAt(fly.url);
    await signIn.accept('"FlyV1 fm2_a,fm2_b"', context);
    expect(JSON.parse(readFileSync(path.join(home, 'state/credentials/fly.json'), 'utf8'))).toEqual({
      audience: fly.url,
      keptIn: 'file',
      secret: 'fm2_a,fm2_b',
    });
    expect(JSON.stringify(context.events)).not.toContain('fm2_');
  });
});
