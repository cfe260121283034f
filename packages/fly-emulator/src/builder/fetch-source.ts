import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One file of a git repository at one commit. */
export interface SourceRequest {
  repository: string;
  commit: string;
  file: string;
  /** For the host of the repository and no other. */
  token: string | null;
  signal: AbortSignal;
}

const LONGEST_FILE = 1024 * 1024;
const KEPT_VARIABLES = ['PATH', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'];

/**
 * Fetches one commit with the git of this computer and reads a file of it; submodules are left alone. Rejects with what git says, `null` = the
 * commit has no such file. Uses none of the user's own git config, and asks nobody.
 */
export async function fetchSource({ repository, commit, file, token, signal }: SourceRequest): Promise<string | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fly-emulator-build-'));
  const kept = KEPT_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const env = {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: folder,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'https:http',
    ...(token === null ? {} : credentialsFor(repository, token)),
  };
  const git = (args: string[]): Promise<string> => run('git', args, { cwd: folder, env, signal });
  try {
    await git(['init', '-q', '--bare']);
    await git(['fetch', '-q', '--depth', '1', '--no-tags', '--', repository, commit]);
    const found = await git(['ls-tree', '--name-only', 'FETCH_HEAD', '--', file]);
    return found.trim() === '' ? null : await git(['cat-file', 'blob', `FETCH_HEAD:${file}`]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As a header, for addresses of this origin alone; in a variable, so that no list of processes shows it. */
function credentialsFor(repository: string, token: string): Record<string, string> {
  const header = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(repository).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${header}`,
  };
}

function run(
  program: string,
  args: string[],
  options: { cwd: string; env: Record<string, string>; signal: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.length > LONGEST_FILE) child.kill();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (err.length < LONGEST_FILE) err += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new Error('git is not installed on this computer') : error),
    );
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(out.length > LONGEST_FILE ? 'the file is larger than 1 MiB' : err.trim()));
    });
  });
}
