import { readReference, readRepository, referenceText, registryOrigin } from '../src/index.js';

const digest = `sha256:${'a'.repeat(64)}`;

describe('image references', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['team/app', 'docker.io/team/app:latest'],
    ['docker.io/nginx:1', 'docker.io/library/nginx:1'],
    ['index.docker.io/team/app:1', 'docker.io/team/app:1'],
    ['ghcr.io/pacphi/sindri:3.0.0', 'ghcr.io/pacphi/sindri:3.0.0'],
    [`ghcr.io/pacphi/sindri@${digest}`, `ghcr.io/pacphi/sindri@${digest}`],
    [`ghcr.io/pacphi/sindri:3@${digest}`, `ghcr.io/pacphi/sindri:3@${digest}`],
    ['localhost:5000/a', 'localhost:5000/a:latest'],
    ['localhost/a', 'localhost/a:latest'],
    ['registry:5000/a/b:c', 'registry:5000/a/b:c'],
    ['GHCR.io/a/b', 'ghcr.io/a/b:latest'],
  ])('%s is %s', (text, full) => {
    expect(referenceText(readReference(text))).toBe(full);
  });

  it.each([
    '',
    ' ',
    'https://ghcr.io/a/b',
    'a b',
    'A/b',
    'a/../b',
    '../etc/passwd',
    'a@sha256:abc',
    'a:b:c',
    'a\n/b',
    'ghcr.io/a/b?x=1',
    'ghcr.io/a/b#x',
    'user:pass@ghcr.io/a/b',
    'ghcr.io:99999/a/b',
    'x'.repeat(300),
    `${'a/'.repeat(200)}b`,
    '\u001b[2J/a',
  ])('%j is none', (text) => {
    expect(() => readReference(text)).toThrow(expect.objectContaining({ code: 'IMAGE_REFERENCE', kind: 'usage' }));
  });

  it.each(['a/b:1', `a/b@${digest}`])('%s is no repository', (text) => {
    expect(() => readRepository(text)).toThrow(expect.objectContaining({ code: 'IMAGE_REFERENCE' }));
  });

  it.each([
    ['docker.io', 'https://registry-1.docker.io'],
    ['ghcr.io', 'https://ghcr.io'],
    ['ghcr.io:8443', 'https://ghcr.io:8443'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['localhost', 'http://localhost'],
    ['127.0.0.1.example', 'https://127.0.0.1.example'],
    ['10.0.0.1:5000', 'https://10.0.0.1:5000'],
  ])('%s is served at %s', (host, origin) => {
    expect(registryOrigin(host).origin).toBe(origin);
  });
});
