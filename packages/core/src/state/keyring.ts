import { platform } from 'node:os';
import { findTool, runTool, type ToolResult } from './run-tool.js';

/** Where the system keeps secrets of its user, encrypted while nobody is logged in. */
export interface Keyring {
  /** For people: `the keyring (Secret Service)`. */
  readonly title: string;
  /** Keeps `secret` under `account`, in place of what was there. `label` is what the system's own program shows. */
  store(account: string, label: string, secret: string): Promise<void>;
  /** `null` when there is none. Rejects when that cannot be told: the keyring is locked, or does not answer. */
  lookup(account: string): Promise<string | null>;
  /** What is not there is removed already. */
  clear(account: string): Promise<void>;
}

/** Which keyring is meant, and how long it may take. */
export interface KeyringOptions {
  /** `SINDRI_KEYRING=none` = there is none. */
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  /** Default: that of this computer. */
  system?: NodeJS.Platform;
  /** A person may be asked to unlock it meanwhile. Milliseconds. */
  timeoutMs?: number;
}

const SERVICE = 'sindri';
const TIMEOUT_MS = 30_000;
/** macOS and our Windows script say so when there is no such item. */
const ITEM_NOT_FOUND = 44;

/**
 * The keyring of this system, reached through the system's own tool with the secret on its standard input: `secret-tool` (Linux Secret
 * Service), `security` (macOS Keychain), PowerShell (Windows Credential Manager). `null` where there is none, as on a server.
 */
export async function findKeyring(options: KeyringOptions): Promise<Keyring | null> {
  const { env, system = platform() } = options;
  if (env['SINDRI_KEYRING'] === 'none') return null;
  const tool = TOOLS[system];
  if (tool === undefined || !tool.isReachable(env)) return null;
  const file = await findTool(tool.program, env);
  if (file === null) return null;
  return tool.open((args, input) =>
    runTool(file, args, {
      input,
      env,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }),
  );
}

type Run = (args: readonly string[], input: string) => Promise<ToolResult>;

interface Tool {
  program: string;
  isReachable(env: KeyringOptions['env']): boolean;
  open(run: Run): Keyring;
}

const secretService: Tool = {
  program: 'secret-tool',
  // Without a session bus there is nobody to ask.
  isReachable: (env) => Boolean(env['DBUS_SESSION_BUS_ADDRESS'] || env['XDG_RUNTIME_DIR']),
  open: (run) => ({
    title: 'the keyring (Secret Service)',
    async store(account, label, secret) {
      requireDone(await run(['store', `--label=${label}`, 'service', SERVICE, 'account', account], secret));
    },
    async lookup(account) {
      const result = await run(['lookup', 'service', SERVICE, 'account', account], '');
      if (isSilentNo(result)) return requireAbsent(run, account);
      return requireDone(result).stdout.replace(/\n$/, '');
    },
    async clear(account) {
      const result = await run(['clear', 'service', SERVICE, 'account', account], '');
      if (isSilentNo(result)) await requireAbsent(run, account);
      else requireDone(result);
    },
  }),
};

/** What `secret-tool` says of an item that is not there; of one that it may not unlock, too. */
function isSilentNo({ exitCode, stderr }: ToolResult): boolean {
  // The program that would have asked for the password may have said something about its screen.
  return exitCode === 1 && !stderr.includes('secret-tool:');
}

/** A search also shows what is locked, without its secret. */
async function requireAbsent(run: Run, account: string): Promise<null> {
  const { stdout } = requireDone(await run(['search', 'service', SERVICE, 'account', account], ''));
  if (stdout.trim() !== '') throw new Error('it is locked');
  return null;
}

const keychain: Tool = {
  program: 'security',
  isReachable: () => true,
  open: (run) => ({
    title: 'the macOS Keychain',
    async store(account, label, secret) {
      const command = ['add-generic-password', '-U', '-a', account, '-s', SERVICE, '-l', label, '-w', secret];
      const line = `${command.map(inQuotes).join(' ')}\n`;
      // Its command line on standard input is cut there.
      if (line.length > 4_000) throw new Error('the credential is too long for it');
      requireDone(await run(['-i'], line));
    },
    async lookup(account) {
      const result = await run(['find-generic-password', '-a', account, '-s', SERVICE, '-w'], '');
      return result.exitCode === ITEM_NOT_FOUND ? null : requireDone(result).stdout.replace(/\n$/, '');
    },
    async clear(account) {
      const result = await run(['delete-generic-password', '-a', account, '-s', SERVICE], '');
      if (result.exitCode !== ITEM_NOT_FOUND) requireDone(result);
    },
  }),
};

const credentialManager: Tool = {
  program: 'powershell.exe',
  isReachable: () => true,
  open: (run) => {
    const perform = (body: string, input: readonly string[]): Promise<ToolResult> => {
      const script = Buffer.from(`${VAULT}\n${body}`, 'utf16le').toString('base64');
      return run(
        ['-NoProfile', '-NonInteractive', '-EncodedCommand', script],
        input.map((line) => `${line}\n`).join(''),
      );
    };
    return {
      title: 'the Windows Credential Manager',
      async store(account, _label, secret) {
        const add = `$secret = [Console]::In.ReadLine()
$vault.Add((New-Object Windows.Security.Credentials.PasswordCredential('${SERVICE}', $account, $secret)))`;
        requireDone(await perform(add, [account, secret]));
      },
      async lookup(account) {
        const result = await perform(`${FIND}\n$item.RetrievePassword()\n[Console]::Out.Write($item.Password)`, [
          account,
        ]);
        return result.exitCode === ITEM_NOT_FOUND ? null : requireDone(result).stdout;
      },
      async clear(account) {
        const result = await perform(`${FIND}\n$vault.Remove($item)`, [account]);
        if (result.exitCode !== ITEM_NOT_FOUND) requireDone(result);
      },
    };
  },
};

const VAULT = `$ErrorActionPreference = 'Stop'
[void][Windows.Security.Credentials.PasswordVault, Windows.Security.Credentials, ContentType = WindowsRuntime]
$vault = New-Object Windows.Security.Credentials.PasswordVault
$account = [Console]::In.ReadLine()`;
/** -2147023728 is ERROR_NOT_FOUND as an HRESULT. */
const FIND = `try { $item = $vault.Retrieve('${SERVICE}', $account) } catch {
  if ($_.Exception.GetBaseException().HResult -eq -2147023728) { exit ${ITEM_NOT_FOUND} }
  throw
}`;

const TOOLS: Partial<Record<NodeJS.Platform, Tool>> = {
  linux: secretService,
  freebsd: secretService,
  openbsd: secretService,
  darwin: keychain,
  win32: credentialManager,
};

/** A word of a command line of `security -i`, in quotes where it needs some. Throws for what no quotes can hold. */
function inQuotes(word: string): string {
  if (/["\\\r\n\0]/.test(word)) throw new Error('the credential has a character that it cannot hold');
  return /^[\w.:@-]+$/.test(word) ? word : `"${word}"`;
}

function requireDone(result: ToolResult): ToolResult {
  if (result.exitCode === 0) return result;
  const said = result.stderr.trim().split('\n')[0]?.slice(0, 200) ?? '';
  throw new Error(said === '' ? `it ended with exit code ${result.exitCode ?? 'none'}` : said);
}
