import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createWorkplace, quickstart, type Workplace } from './sindri';
import { openTerminal } from './terminal';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

describe('signing in', () => {
  let emulator: FlyEmulator;
  let workplace: Workplace;

  beforeAll(async () => {
    emulator = await startFlyEmulator();
  });
  afterAll(() => emulator.stop());

  beforeEach(() => {
    // The way to the platform, and no token. The keyring of whoever runs the tests is left alone.
    const { FLY_API_TOKEN: _token, ...addresses } = emulator.env;
    workplace = createWorkplace({ ...addresses, SINDRI_KEYRING: 'none', SSH_TTY: '/dev/pts/0' });
  });
  afterEach(() => workplace.remove());

  const kept = () => path.join(workplace.env['SINDRI_STATE_DIR'] ?? '', 'credentials/fly.json');

  it('login in the terminal with the code of the page; then every command is signed in, until logout', async () => {
    workplace.write('sindri.yaml', quickstart('signed-in'));
    expect((await workplace.run(['plan'])).stderr).toMatch(/FLY_TOKEN_MISSING/);
    const nobody = await workplace.json(['auth', 'status']);
    expect([nobody.ended.code, nobody.document.providers[0]]).toMatchObject([4, { signedIn: false, sources: [] }]);

    const terminal = openTerminal(workplace, ['auth', 'login', '--org', 'personal']);
    const [, url = ''] = await terminal.expect(/(http:\/\/127\.0\.0\.1:\d+\/app\/auth\/cli\/\w+)/);
    await terminal.expect(/Code \(or wait for the page\):/);
    terminal.type('not-the-code\r');
    await terminal.expect(/code is not accepted[^]*Code \(or/);
    const body = new URLSearchParams({ decision: 'approve', token: emulator.token });
    const html = await (await fetch(url, { method: 'POST', body })).text();
    terminal.type(`${/<code id="code">([^<]+)/.exec(html)?.[1]}\r`);
    await terminal.expect(/Signed in to/);
    expect(await terminal.exited).toBe(0);

    expect(statSync(kept()).mode & 0o777).toBe(0o600);
    const { secret } = JSON.parse(readFileSync(kept(), 'utf8')) as { secret: string };
    expect(terminal.printed()).not.toContain(secret);
    expect((await workplace.run(['plan'])).code).toBe(0);
    const { ended, document } = await workplace.json(['auth', 'status']);
    expect(ended.code).toBe(0);
    expect(document.providers).toMatchObject([
      { signedIn: true, sources: [{ kind: 'kept' }], facts: { reaches: [{ organization: 'personal', apps: null }] } },
    ]);
    expect(ended.stdout + ended.stderr).not.toContain(secret);

    const out = await workplace.run(['auth', 'logout']);
    expect([out.code, existsSync(kept())]).toEqual([0, false]);
    expect(out.stdout).toContain('Nobody is signed in any more.');
  });

  it('without a terminal: a token through standard input, looked at before it is kept', async () => {
    const refused = await workplace.run(['auth', 'login']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/--with-token[^]*FLY_API_TOKEN/)]);
    const wrong = await workplace.run(['auth', 'login', '--with-token'], { stdin: 'fo1_not-a-token-of-this\n' });
    expect([wrong.code, existsSync(kept())]).toEqual([4, false]);
    expect(wrong.stderr).toContain('FLY_TOKEN_REFUSED');
    expect(wrong.stderr).not.toContain('fo1_not');
    const right = await workplace.run(['auth', 'login', '--with-token', '--json'], { stdin: `${emulator.token}\n` });
    expect(right.code).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject({ schema: 'sindri.auth-login/1', by: 'stdin', keptIn: kept() });
    expect(right.stdout + right.stderr).not.toContain(emulator.token);
  });
});
