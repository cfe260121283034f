import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type OperationContext } from '@sindri/core';
import { testIfInstalled } from '../../../test/system-component';
import { createSourceReader } from '../src/index';
import { readAdvertisedRefs } from '../src/advertised-refs';
import { packetLine } from '../src/packet-lines';
import { startGitServer, type GitServer } from './support/git-server';

const reader = createSourceReader();

function contextWith(env: Record<string, string> = {}, hidden: string[] = []): OperationContext {
  return {
    signal: new AbortController().signal,
    emit: () => undefined,
    hide: (value) => void hidden.push(value),
    clock: { ...systemClock, sleep: async () => undefined },
    random: Math.random,
    env,
    stateDir: '/nonexistent',
  };
}

describe('a repository served by git', () => {
  let server: GitServer | null = null;
  let commits: { first: string; second: string; lost: string };

  const ready = async (): Promise<GitServer> => {
    if (server !== null) return server;
    server = await startGitServer();
    const first = await server.commit({ 'v3/Dockerfile.dev': 'FROM a\n' });
    server.git('tag', '-a', 'v3.1.3', '-m', 'a release');
    const second = await server.commit({ 'v3/Dockerfile.dev': 'FROM b\n' });
    server.git('checkout', '-q', '--detach');
    const lost = await server.commit({ 'v3/Dockerfile.dev': 'FROM c\n' });
    server.git('checkout', '-q', 'main');
    commits = { first, second, lost };
    return server;
  };
  afterAll(() => server?.stop());
  afterEach(() => {
    if (server === null) return;
    server.password = null;
    server.intercept = null;
    server.requests.length = 0;
  });

  testIfInstalled(
    'git',
    'its branches and tags are listed, an annotated tag as its commit, in one request',
    async () => {
      const { repository, requests } = await ready();
      const { refs, isPrivate } = await reader.refs(repository, contextWith());
      expect(refs).toEqual({
        HEAD: commits.second,
        'refs/heads/main': commits.second,
        'refs/tags/v3.1.3': commits.first,
      });
      expect(isPrivate).toBe(false);
      expect(requests).toHaveLength(1);
    },
  );

  testIfInstalled('git', 'a commit on no branch is found, one that was never pushed is not', async () => {
    const { repository } = await ready();
    expect(await reader.hasCommit(repository, commits.lost, contextWith())).toBe(true);
    expect(await reader.hasCommit(repository, commits.first, contextWith())).toBe(true);
    expect(await reader.hasCommit(repository, '1'.repeat(40), contextWith())).toBe(false);
  });

  testIfInstalled('git', 'a token is sent only after a refusal, and only to the host that it is for', async () => {
    const git = await ready();
    git.password = 'git-token-8821';
    const host = new URL(git.repository).host;
    const hidden: string[] = [];
    const env = { SINDRI_GIT_TOKEN: 'git-token-8821', SINDRI_GIT_HOST: host, GITHUB_TOKEN: 'for-github-alone' };
    expect((await reader.refs(git.repository, contextWith(env, hidden))).isPrivate).toBe(true);
    expect(git.requests.map(({ authorization }) => authorization === null)).toEqual([true, false]);
    expect(hidden).toContain('git-token-8821');

    git.requests.length = 0;
    const elsewhere = { ...env, SINDRI_GIT_HOST: 'git.example' };
    await expect(reader.refs(git.repository, contextWith(elsewhere))).rejects.toMatchObject({ code: 'SOURCE_AUTH' });
    expect(git.requests.map(({ authorization }) => authorization)).toEqual([null]);

    const wrong = contextWith({ ...env, SINDRI_GIT_TOKEN: 'another-token-1' });
    const failure = await reader.refs(git.repository, wrong).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'SOURCE_AUTH', message: expect.stringContaining('may not read it') });
    expect(String(failure)).not.toContain('another-token-1');
  });

  testIfInstalled('git', 'a redirect is followed at the same host, and nowhere else', async () => {
    const git = await ready();
    git.intercept = (request, response) => {
      if (request.url?.startsWith('/old.git') !== true) return false;
      response.writeHead(301, { location: request.url.replace('old', 'sindri') }).end();
      return true;
    };
    const old = git.repository.replace('sindri.git', 'old.git');
    expect(Object.keys((await reader.refs(old, contextWith())).refs)).toContain('refs/heads/main');
    git.intercept = (_request, response) => {
      response.writeHead(301, { location: 'http://git.example/sindri.git/info/refs' }).end();
      return true;
    };
    await expect(reader.refs(old, contextWith())).rejects.toMatchObject({
      code: 'SOURCE_ANSWER',
      message: expect.stringContaining('git.example'),
    });
  });
});

test('what does not answer is tried again, and what is no repository is told as such', async () => {
  const answers = [503, 429, 200];
  const server = createServer((_request, response) => response.writeHead(answers.shift() ?? 200).end('<html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  await expect(reader.refs(repository, contextWith())).rejects.toMatchObject({ code: 'SOURCE_ANSWER' });
  expect(answers).toEqual([]);
  server.close();
  server.closeAllConnections();
  await expect(reader.refs(repository, contextWith())).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    retryable: true,
  });
});

const announced = `${packetLine('# service=git-upload-pack\n')}0000`;
const main = packetLine(`${'a'.repeat(40)} refs/heads/main\n`);

test.each([
  ['nothing', ''],
  ['a page', '<html></html>'],
  ['refs without the announcement', `${main}0000`],
  ['a commit that is none', `${announced}${packetLine('zz refs/heads/main\n')}0000`],
  ['one that was cut off', `${announced}${main}`],
])('%s is no list of refs', (_what, text) => expect(readAdvertisedRefs(Buffer.from(text))).toBeNull());

test('a repository without a commit has no refs', () => {
  const text = `${announced}${packetLine(`${'0'.repeat(40)} capabilities^{}\0agent=git`)}0000`;
  expect(readAdvertisedRefs(Buffer.from(text))).toEqual({});
});
