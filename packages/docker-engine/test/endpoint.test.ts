import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findEndpoint } from '../src/endpoint.js';

let home: string;
beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), 'sindri-docker-home-'))));
afterEach(() => rmSync(home, { recursive: true }));

function write(file: string, content: unknown): void {
  mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
  writeFileSync(path.join(home, file), typeof content === 'string' ? content : JSON.stringify(content));
}

function addContext(name: string, host: string): string {
  const id = createHash('sha256').update(name).digest('hex');
  write(`.docker/contexts/meta/${id}/meta.json`, { Name: name, Endpoints: { docker: { Host: host } } });
  return id;
}

describe('which engine', () => {
  it('DOCKER_HOST names it, before any context', async () => {
    addContext('work', 'unix:///work.sock');
    const env = { HOME: home, DOCKER_HOST: 'unix:///mine.sock', DOCKER_CONTEXT: 'work' };
    expect(await findEndpoint(env)).toMatchObject({ socketPath: '/mine.sock', where: 'unix:///mine.sock' });
  });

  it('a context names it: that of DOCKER_CONTEXT, else the chosen one', async () => {
    addContext('work', 'unix:///work.sock');
    addContext('home', 'unix:///home.sock');
    write('.docker/config.json', { currentContext: 'work' });
    expect(await findEndpoint({ HOME: home })).toMatchObject({ socketPath: '/work.sock' });
    expect(await findEndpoint({ HOME: home, DOCKER_CONTEXT: 'home' })).toMatchObject({ socketPath: '/home.sock' });
  });

  it('a context brings its certificates', async () => {
    const id = addContext('far', 'tcp://engine.invalid:2376');
    write(`.docker/contexts/tls/${id}/docker/ca.pem`, 'the ca');
    const found = await findEndpoint({ HOME: home, DOCKER_CONTEXT: 'far' });
    expect(found).toMatchObject({
      origin: 'https://engine.invalid:2376',
      tls: { ca: 'the ca', rejectUnauthorized: true },
    });
  });

  it('TLS is spoken when DOCKER_TLS_VERIFY says so, and the server is judged then only', async () => {
    write('certificates/cert.pem', 'the certificate');
    const DOCKER_CERT_PATH = path.join(home, 'certificates');
    const DOCKER_HOST = 'tcp://engine.invalid';
    expect(await findEndpoint({ HOME: home, DOCKER_HOST })).toEqual({
      where: DOCKER_HOST,
      origin: 'http://engine.invalid:2375',
    });
    expect(await findEndpoint({ HOME: home, DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY: '1' })).toMatchObject({
      origin: 'https://engine.invalid:2376',
      tls: { cert: 'the certificate', rejectUnauthorized: true },
    });
    const unverified = await findEndpoint({ HOME: home, DOCKER_HOST, DOCKER_CERT_PATH });
    expect(unverified.tls?.rejectUnauthorized).toBe(false);
  });

  it('a rootless socket is found where it is', async () => {
    write('run/docker.sock', '');
    const found = await findEndpoint({ HOME: home, XDG_RUNTIME_DIR: path.join(home, 'run') });
    // Unless this computer has an engine of its own.
    expect(['/var/run/docker.sock', path.join(home, 'run/docker.sock')]).toContain(found.socketPath);
  });

  it.each([
    ['ssh://me@far', /ssh -NL/],
    ['npipe:////./pipe/docker_engine', /unix:\/\/\/var\/run\/docker\.sock/],
    ['nonsense', /tcp:\/\/host:2376/],
  ])('%s is refused, with what to write instead', async (DOCKER_HOST, hint) => {
    const refused = findEndpoint({ HOME: home, DOCKER_HOST });
    await expect(refused).rejects.toMatchObject({
      code: 'DOCKER_HOST_INVALID',
      kind: 'usage',
      hint: expect.stringMatching(hint),
    });
  });

  it('a context that is not there, and a broken config, are named', async () => {
    await expect(findEndpoint({ HOME: home, DOCKER_CONTEXT: 'gone' })).rejects.toMatchObject({
      code: 'DOCKER_HOST_INVALID',
      message: expect.stringMatching(/"gone"/),
    });
    write('.docker/config.json', '{');
    await expect(findEndpoint({ HOME: home })).rejects.toMatchObject({
      message: expect.stringMatching(/config\.json is not JSON/),
    });
  });
});
