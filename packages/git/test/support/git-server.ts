import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A git repository in a temporary directory, served over HTTP by git itself. */
export interface GitServer {
  /** `http://127.0.0.1:40123/sindri.git`. */
  readonly repository: string;
  /** Every request, oldest first. */
  readonly requests: { line: string; authorization: string | null }[];
  /** Commits these files on the branch that is checked out, and returns the commit. */
  commit(files: Record<string, string>): Promise<string>;
  git(...args: string[]): string;
  /** From now on nobody may read without this password; `null` = everybody may. */
  password: string | null;
  /** Answers a request before git sees it when it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  stop(): Promise<void>;
}

export async function startGitServer(): Promise<GitServer> {
  const root = await mkdtemp(path.join(tmpdir(), 'sindri-git-'));
  const folder = path.join(root, 'sindri.git');
  await mkdir(folder);
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.invalid',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.invalid',
  };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, env, encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  const server = createServer((request, response) => {
    requests.push({
      line: `${request.method ?? ''} ${request.url ?? ''}`,
      authorization: request.headers.authorization ?? null,
    });
    if (started.intercept?.(request, response) === true) return;
    const wanted = `Basic ${Buffer.from(`x-access-token:${started.password ?? ''}`).toString('base64')}`;
    if (started.password !== null && request.headers.authorization !== wanted) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    }
    serve(request, response, { ...env, GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1' });
  });
  const requests: GitServer['requests'] = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const started: GitServer = {
    repository: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sindri.git`,
    requests,
    async commit(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
        await writeFile(path.join(folder, name), content);
      }
      git('add', '-A');
      git('commit', '-q', '-m', 'change');
      return git('rev-parse', 'HEAD');
    },
    git,
    password: null,
    intercept: null,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(root, { recursive: true, force: true });
    },
  };
  return started;
}

/** What a web server does with a CGI program. */
function serve(request: IncomingMessage, response: ServerResponse, env: Record<string, string | undefined>): void {
  const url = new URL(request.url ?? '/', 'http://x');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...env,
      REQUEST_METHOD: request.method,
      // The repository has a work tree; its `.git` is what is served.
      PATH_INFO: url.pathname.replace('/sindri.git/', '/sindri.git/.git/'),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => undefined);
  let head: Buffer | null = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (head === null) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    for (const line of head.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*(.*)/s);
      if (name.toLowerCase() === 'status') response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.write(head.subarray(end + 4));
    head = null;
  });
  backend.on('close', () => response.end());
}
