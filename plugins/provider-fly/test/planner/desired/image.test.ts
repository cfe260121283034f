import { resolveImage, resolvedImageText, sameImage, tagForRange } from '../../../src/planner/desired/image.js';
import { spec } from '../support/specs.js';

describe('the tag for a version range', () => {
  it.each([
    ['^3.0.0', '3'],
    ['^3', '3'],
    ['^3.1', '3'],
    ['^3.0.0-rc.1', '3'],
    ['^0.4.2', '0.4'],
    ['^0.0.3', '0.0.3'],
    ['^0', '0'],
    ['~3.1.2', '3.1'],
    ['~3.1', '3.1'],
    ['~3', '3'],
    ['3', '3'],
    ['3.x', '3'],
    ['3.1', '3.1'],
    ['3.1.*', '3.1'],
    ['3.1.3', '3.1.3'],
    ['=3.1.3', '3.1.3'],
    ['v3.1.3', '3.1.3'],
    ['3.0.0-rc.4', '3.0.0-rc.4'],
    ['>=3.0.0 <4.0.0', '3'],
    ['>=3.1, <4', '3'],
    ['>=3.1.0 <3.2.0', '3.1'],
    ['*', 'latest'],
    ['', 'latest'],
    ['>=3.0.0', null],
    ['>=3.0.0 <5.0.0', null],
    ['3 || 4', null],
    ['3.0.0 - 3.5.0', null],
    ['newest', null],
  ])('%j is %j', (range, tag) => {
    expect(tagForRange(range)).toBe(tag);
  });
});

describe('the chosen image', () => {
  it.each([
    ['nothing said', {}, 'ghcr.io/pacphi/sindri:3', 'default'],
    ['a reference', { image: 'ghcr.io/acme/dev:1' }, 'ghcr.io/acme/dev:1', 'config'],
    ['a range', { request: { version: '^3.0.0' } }, 'ghcr.io/pacphi/sindri:3', 'version'],
    ['no version', { request: { registry: 'ghcr.io/acme/dev' } }, 'ghcr.io/acme/dev:latest', 'version'],
    [
      'explicit',
      { request: { version: 'v3-latest', strategy: 'explicit' as const } },
      'ghcr.io/pacphi/sindri:v3-latest',
      'version',
    ],
    ['another distribution', { distro: 'fedora' as const }, 'ghcr.io/pacphi/sindri:3-fedora', 'default'],
    [
      'a range of another distribution',
      { distro: 'opensuse' as const, request: { version: '~3.1.0' } },
      'ghcr.io/pacphi/sindri:3.1-opensuse',
      'version',
    ],
    ['ubuntu', { distro: 'ubuntu' as const }, 'ghcr.io/pacphi/sindri:3', 'default'],
    ['hopeless', { request: { version: '>=3' } }, '', 'version'],
  ])('%s', (_name, draft, reference, origin) => {
    expect(resolveImage(spec(draft))).toMatchObject({ reference, origin });
  });
});

describe('image references', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const resolved = { registry: 'ghcr.io', repository: 'acme/dev', tag: '1', digest };
  it.each([
    ['nginx', 'docker.io/library/nginx:latest', null, true],
    ['nginx:1.27', 'registry-1.docker.io/library/nginx:1.27', null, true],
    ['acme/dev:1', 'docker.io/acme/dev:1', null, true],
    ['ghcr.io/acme/dev:1', 'ghcr.io/acme/dev:2', null, false],
    ['ghcr.io/acme/dev:1', 'ghcr.io/other/dev:1', null, false],
    ['ghcr.io/acme/dev:1', `ghcr.io/acme/dev:1@${digest}`, null, true],
    ['ghcr.io/acme/dev:1', `ghcr.io/acme/dev@${digest}`, resolved, true],
    ['ghcr.io/acme/dev:2', `ghcr.io/acme/dev@${digest}`, resolved, false],
    [`ghcr.io/acme/dev@${digest}`, 'ghcr.io/acme/dev:1', resolved, true],
    [`ghcr.io/acme/dev@${digest}`, 'ghcr.io/acme/dev:1', null, false],
    [`ghcr.io/acme/dev@${digest}`, `ghcr.io/acme/dev:1@${digest}`, null, true],
    [`ghcr.io/acme/dev@sha256:${'b'.repeat(64)}`, `ghcr.io/acme/dev@${digest}`, resolved, false],
    ['localhost/dev', 'localhost/dev:latest', null, true],
  ])('wanted %s, live %s: %s', (wanted, live, image, same) => {
    expect(sameImage(wanted, live, image)).toBe(same);
  });

  it('are shown as the platform resolved them', () => {
    expect(resolvedImageText(resolved)).toBe(`ghcr.io/acme/dev:1@${digest}`);
    expect(resolvedImageText({ registry: '', repository: 'dev', tag: null, digest: null })).toBe('dev');
  });
});
