import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import vm from 'node:vm';
import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { SIGN_IN_LIFETIME_MS } from '../../src/sign-ins.js';
import { useFly } from '../support/fly.js';

const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');
const request = {
  name: 'laptop',
  signup: false,
  target: 'auth',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  state: 'state-of-this',
};

describe('a sign-in through the browser', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ orgs: ['acme'], clock: (clock = createVirtualClock()) }));

  const begin = async (more: object = {}) => {
    const { status, body } = await fly.as(null).post('/api/v1/cli_sessions', { ...request, ...more });
    expect(status).toBe(201);
    return body as { id: string; auth_url: string; pkce?: boolean };
  };
  const decide = (url: string, decision: string, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', headers, body: new URLSearchParams({ decision, token: fly.token }) });
  const codeOf = (html: string) => /<code id="code">([\w-]+)<\/code>/.exec(html)?.[1] ?? '';
  const redeem = (id: string, code: string, code_verifier = verifier) =>
    fly.as(null).post(`/api/v1/cli_sessions/${id}/redeem`, { code, code_verifier });

  test('approved on its page, redeemed once with code and verifier', async () => {
    const { id, auth_url, pkce } = await begin();
    expect(pkce).toBe(true);
    expect(auth_url).toBe(`${fly.url}/app/auth/cli/${id}`);
    expect((await redeem(id, '')).status).toBe(422);

    const page = await fetch(auth_url);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await page.text()).toContain('<b>laptop</b>');
    const code = codeOf(await (await decide(auth_url, 'approve')).text());
    expect(code).not.toBe('');

    expect(await redeem(id, 'another')).toMatchObject({ status: 422, body: { error: 'invalid code' } });
    expect((await redeem(id, code, 'w'.repeat(43))).status).toBe(422);
    const { status, body } = await redeem(id, code);
    expect([status, body.id, body.pkce]).toEqual([200, id, true]);
    expect((await fly.as(body.access_token).get('/v1/apps?org_slug=acme')).status).toBe(200);
    expect((await redeem(id, code)).status).toBe(404);
  });

  test('a lock makes a token of one organization or one app', async () => {
    await fly.post('/v1/apps', { name: 'mine', org_slug: 'acme' });
    await fly.post('/v1/apps', { name: 'other', org_slug: 'personal' });
    const tokenFor = async (metadata: object) => {
      const { id, auth_url } = await begin({ metadata });
      const code = codeOf(await (await decide(auth_url, 'approve')).text());
      return (await redeem(id, code)).body.access_token as string;
    };
    const ofOrg = fly.as(await tokenFor({ lock_organization: 'acme' }));
    expect((await ofOrg.get('/v1/apps/mine')).status).toBe(200);
    expect((await ofOrg.get('/v1/apps/other')).status).toBe(403);
    const ofApp = fly.as(await tokenFor({ lock_organization: 'acme', lock_app: 'mine' }));
    expect((await ofApp.get('/v1/apps/mine')).status).toBe(200);
    expect((await ofApp.get('/v1/apps?org_slug=acme')).status).toBe(403);
    expect((await ofApp.get('/v1/tokens/current')).body.tokens).toMatchObject([{ org_slug: 'acme', apps: ['mine'] }]);
  });

  test.each([
    [{ lock_app: 'nowhere' }, 'There is no app'],
    [{ lock_organization: '<b>x' }, 'There is no organization &#34;&#60;b&#62;x'],
  ])('a lock that cannot be met (%p) is told on the page, and nothing is given out', async (metadata, text) => {
    const { auth_url } = await begin({ metadata });
    const answer = await decide(auth_url, 'approve');
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain(text);
    expect(codeOf(html)).toBe('');
  });

  test('denied, unknown or older than 15 minutes: 404 everywhere', async () => {
    const denied = await begin();
    expect(await (await decide(denied.auth_url, 'deny')).text()).toContain('Denied');
    const old = await begin();
    await clock.advance(SIGN_IN_LIFETIME_MS);
    for (const { id, auth_url } of [denied, old, { id: 'none', auth_url: `${fly.url}/app/auth/cli/none` }]) {
      expect((await redeem(id, 'code')).status).toBe(404);
      expect((await fly.as(null).get(`/api/v1/cli_sessions/${id}`)).status).toBe(404);
      expect((await fetch(auth_url)).status).toBe(404);
    }
  });

  test('a page elsewhere cannot approve in the name of a person, nor can it be framed', async () => {
    const { id, auth_url } = await begin();
    for (const origin of ['https://example.com', 'null']) {
      expect((await decide(auth_url, 'approve', { origin })).status).toBe(403);
    }
    expect((await decide(auth_url, 'approve', { origin: fly.url })).status).toBe(200);
    const policy = (await fetch(auth_url)).headers.get('content-security-policy');
    expect(policy).toContain("frame-ancestors 'none'");
    expect((await fly.as(null).get(`/api/v1/cli_sessions/${id}`)).body).toEqual({ id });
  });

  test('names from outside are text on the page', async () => {
    const { auth_url } = await begin({ name: '<script>alert(1)</script>' });
    expect(await (await fetch(auth_url)).text()).not.toContain('<script>');
  });

  test('the page tells the waiting command its code', async () => {
    const heard: string[] = [];
    const waiting = createServer((incoming, answer) => {
      heard.push(incoming.url ?? '');
      answer.writeHead(200, { 'access-control-allow-origin': '*' }).end();
    });
    await new Promise<void>((resolve) => waiting.listen(0, '127.0.0.1', resolve));
    const { port } = waiting.address() as AddressInfo;
    try {
      const { auth_url } = await begin({ redirect_port: port });
      const answer = await decide(auth_url, 'approve');
      const html = await answer.text();
      expect(answer.headers.get('content-security-policy')).toContain(`connect-src http://127.0.0.1:${port}`);
      const told = { textContent: '' };
      const callback = (/data-callback="([^"]+)"/.exec(html)?.[1] ?? '').replace(/&#38;/g, '&');
      let asked: Promise<unknown> = Promise.resolve();
      vm.runInNewContext(/<script nonce="[^"]+">([^]*)<\/script>/.exec(html)?.[1] ?? '', {
        document: { getElementById: () => told, body: { dataset: { callback } } },
        fetch: (url: string) => (asked = fetch(url)),
      });
      await asked;
      await new Promise(setImmediate);
      expect(heard).toEqual([`/callback?state=state-of-this&code=${codeOf(html)}`]);
      expect(told.textContent).toBe('You are signed in. Go back to the terminal.');
    } finally {
      waiting.close();
    }
  });

  test.each([
    [{ name: '' }, 'name'],
    [{ redirect_port: 70_000 }, 'redirect_port'],
    [{ redirect_port: '80' }, 'redirect_port'],
    [{ code_challenge_method: 'plain' }, 'code_challenge_method'],
  ])('%p cannot begin', async (more, named) => {
    const { status, body } = await fly.as(null).post('/api/v1/cli_sessions', { ...request, ...more });
    expect([status, body.error]).toEqual([422, expect.stringContaining(named)]);
  });
});

describe('older servers', () => {
  const fly = useFly(() => ({ settings: { signIn: 'poll' } }));

  test('know no codes, and give the token to whoever asks for the session', async () => {
    const { body } = await fly.as(null).post('/api/v1/cli_sessions', request);
    expect(Object.keys(body)).toEqual(['id', 'auth_url']);
    expect((await fly.as(null).get(`/api/v1/cli_sessions/${body.id}`)).body).toEqual({ id: body.id });
    const form = new URLSearchParams({ decision: 'approve', token: fly.token });
    expect(await (await fetch(body.auth_url, { method: 'POST', body: form })).text()).toContain('Approved');
    const { access_token } = (await fly.as(null).get(`/api/v1/cli_sessions/${body.id}`)).body;
    expect((await fly.as(access_token).get('/v1/tokens/current')).status).toBe(200);
  });
});
