import type { EnvironmentSpec, ImageRequest } from '@sindri/core';
import { resolveImage, tagForRange } from '../src/index.js';

interface Draft {
  image?: string;
  request?: Partial<ImageRequest>;
  distro?: EnvironmentSpec['distro'];
}

function spec({ image, request, distro }: Draft): Pick<EnvironmentSpec, 'image' | 'distro'> {
  if (image === undefined && request === undefined) return { image: null, distro };
  return {
    distro,
    image: {
      reference: image ?? null,
      pullPolicy: null,
      request:
        request === undefined
          ? null
          : {
              registry: 'ghcr.io/pacphi/sindri',
              version: null,
              strategy: 'semver',
              allowPrerelease: false,
              verifySignature: true,
              verifyProvenance: true,
              certificateIdentity: null,
              certificateOidcIssuer: null,
              ...request,
            },
    },
  };
}

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
