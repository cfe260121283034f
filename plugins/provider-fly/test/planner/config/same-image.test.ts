import { resolvedImageText, sameImage } from '../../../src/planner/config/same-image.js';

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
