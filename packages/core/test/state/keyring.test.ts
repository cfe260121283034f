import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findKeyring, type Keyring } from '../../src/state/keyring.js';

/** A tool of the system that keeps items in a directory, and notes its arguments. */
const SECRET_TOOL = `#!/bin/sh
echo "$@" >> "$DIR/arguments"
[ -n "$LOCKED" ] && [ "$1" != search ] && { echo 'cannot open display:' >&2; exit 1; }
[ -n "$TROUBLE" ] && { echo "secret-tool: $TROUBLE" >&2; exit 1; }
[ -n "$SILENCE" ] && exec sleep 60
case "$1" in
  store) cat > "$DIR/$6" ;;
  lookup) [ -f "$DIR/$5" ] || exit 1; cat "$DIR/$5" ;;
  search) [ -f "$DIR/$5" ] && printf '[/4]\\nlabel = L\\n'; exit 0 ;;
  clear) [ -f "$DIR/$5" ] || exit 1; rm "$DIR/$5" ;;
esac
`;
const SECURITY = `#!/bin/sh
echo "$@" >> "$DIR/arguments"
case "$1" in
  -i) cat > "$DIR/line" ;;
  find-generic-password) [ -f "$DIR/line" ] || exit 44; sed 's/.*-w "\\(.*\\)"/\\1/' "$DIR/line" ;;
  delete-generic-password) [ -f "$DIR/line" ] || exit 44; rm "$DIR/line" ;;
esac
`;
const POWERSHELL = `#!/bin/sh
printf %s "$4" | base64 -d | tr -d '\\000' > "$DIR/script"
cat > "$DIR/input"
grep -q 'Retrieve(' "$DIR/script" && exit 44
exit 0
`;

describe('findKeyring', () => {
  let directory: string;
  const env = (more: Record<string, string> = {}) => ({
    PATH: `${path.join(directory, 'bin')}:/usr/bin:/bin`,
    DIR: directory,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    ...more,
  });
  const tool = (name: string, script: string): void => {
    writeFileSync(path.join(directory, 'bin', name), script);
    chmodSync(path.join(directory, 'bin', name), 0o755);
  };
  const find = async (system: NodeJS.Platform, more: Record<string, string> = {}, timeoutMs = 60_000) =>
    (await findKeyring({ env: env(more), system, timeoutMs })) as Keyring;
  const argumentsSeen = (): string => readFileSync(path.join(directory, 'arguments'), 'utf8');

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'sindri-keyring-'));
    mkdirSync(path.join(directory, 'bin'));
    tool('secret-tool', SECRET_TOOL);
    tool('security', SECURITY);
    tool('powershell.exe', POWERSHELL);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it.each(['linux', 'darwin'] as const)(
    '%s: keeps, finds and clears an item; the secret is no argument',
    async (system) => {
      const keyring = await find(system);
      expect(await keyring.lookup('acme-1')).toBeNull();
      await keyring.clear('acme-1');
      await keyring.store('acme-1', 'Sindri: acme', 'fm2_secret,fm2_more');
      expect(await keyring.lookup('acme-1')).toBe('fm2_secret,fm2_more');
      expect(argumentsSeen()).not.toContain('fm2_');
      await keyring.clear('acme-1');
      expect(await keyring.lookup('acme-1')).toBeNull();
    },
  );

  it('win32: the secret goes through standard input, and a missing item is told by its own code', async () => {
    const keyring = await find('win32');
    await keyring.store('acme-1', 'Sindri: acme', 'fm2_secret');
    expect(readFileSync(path.join(directory, 'input'), 'utf8')).toBe('acme-1\nfm2_secret\n');
    const script = readFileSync(path.join(directory, 'script'), 'utf8');
    expect(script).toContain("PasswordCredential('sindri', $account, $secret)");
    expect(script).not.toContain('fm2_');
    expect(await keyring.lookup('acme-1')).toBeNull();
    await keyring.clear('acme-1');
  });

  it('a keyring that is locked, or that nobody serves, is not an empty one', async () => {
    const keyring = await find('linux', { TROUBLE: 'Cannot create an item in a locked collection' });
    await expect(keyring.lookup('acme-1')).rejects.toThrow('locked collection');
    await expect(keyring.store('acme-1', 'label', 'x')).rejects.toThrow('locked collection');
    await expect(keyring.clear('acme-1')).rejects.toThrow('locked collection');
  });

  it('an item that cannot be unlocked is not a missing one', async () => {
    await (await find('linux')).store('acme-1', 'label', 'fm2_secret');
    const locked = await find('linux', { LOCKED: '1' });
    await expect(locked.lookup('acme-1')).rejects.toThrow('it is locked');
    await expect(locked.clear('acme-1')).rejects.toThrow('it is locked');
    expect(await locked.lookup('acme-2')).toBeNull();
  });

  it('one that does not answer is given up', async () => {
    const keyring = await find('linux', { SILENCE: '1' }, 200);
    await expect(keyring.lookup('acme-1')).rejects.toThrow('did not answer within 0.2 s');
  });

  it('Ctrl-C ends the question', async () => {
    const controller = new AbortController();
    const options = { env: env({ SILENCE: '1' }), system: 'linux' as const, signal: controller.signal };
    const asking = (await findKeyring(options))?.lookup('acme-1');
    controller.abort(new Error('interrupted'));
    await expect(asking).rejects.toThrow('interrupted');
  });

  it.each(['with "quotes"', 'with \\', 'two\nlines', 'x'.repeat(5_000)])(
    'darwin: %j cannot be put on the command line of its tool',
    async (secret) => {
      await expect((await find('darwin')).store('acme-1', 'label', secret)).rejects.toThrow();
    },
  );

  it('there is none without its tool, without a session, on a system without one, and when nobody wants one', async () => {
    const none = async (system: NodeJS.Platform, more: Record<string, string | undefined>) =>
      findKeyring({ env: { ...env(), ...more }, system });
    expect(await none('linux', { PATH: '/nowhere' })).toBeNull();
    expect(await none('linux', { PATH: undefined })).toBeNull();
    expect(await none('linux', { DBUS_SESSION_BUS_ADDRESS: undefined })).toBeNull();
    expect(await none('aix', {})).toBeNull();
    expect(await none('linux', { SINDRI_KEYRING: 'none' })).toBeNull();
  });
});
