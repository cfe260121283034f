import { chooseTag, type TagChoiceRequest } from '../../src/image/choose-tag.js';

/** What the registry of Sindri's own images really has, see docs/sindri-images.md. */
const tags = [
  ...['3.0.0', '3.1.0', '3.1.3', '3.2.0-rc.1', '3.2.0-rc.2', '4.0.0-alpha.1'].flatMap((version) => [
    version,
    ...['ubuntu', 'fedora', 'opensuse'].map((distro) => `${version}-${distro}`),
  ]),
  ...['3', '3.1', '3-ubuntu', '3.1-fedora', 'latest', 'v3', 'v3-latest', 'ubuntu', 'fedora', 'latest-ubuntu'],
  ...['v3-ci-0a1b2c3-ubuntu', 'base-fedora-latest', 'v2.5.1', 'v2.5', 'v2'],
];

interface Wanted {
  version?: string;
  strategy?: TagChoiceRequest['request']['strategy'];
  allowPrerelease?: boolean;
  distro?: TagChoiceRequest['distro'];
  toolVersion?: string;
  tags?: string[];
}

function choose({ version, strategy = 'semver', allowPrerelease = false, distro, toolVersion, ...more }: Wanted) {
  const request = { version: version ?? null, strategy, allowPrerelease };
  return chooseTag({ tags: more.tags ?? tags, request, distro, toolVersion: toolVersion ?? null });
}

describe('the tag for a version', () => {
  it.each<[Wanted, string]>([
    [{ version: '^3.0.0' }, '3.1.3'],
    [{ version: '~3.1' }, '3.1.3'],
    [{ version: '~3.0.0' }, '3.0.0'],
    [{ version: '3.x' }, '3.1.3'],
    [{ version: '*' }, '3.1.3'],
    // npm's rules: a bare version is that version.
    [{ version: '3.0.0' }, '3.0.0'],
    [{ version: '=3.0.0' }, '3.0.0'],
    [{ version: 'v3.0.0' }, '3.0.0'],
    [{ version: '>=3.0.0 <3.1.0' }, '3.0.0'],
    [{ version: '>=3.0.0, <3.1.0' }, '3.0.0'],
    [{ version: '>=3.0,<4' }, '3.1.3'],
    [{ version: '^2.0.0 || ^3.0.0' }, '3.1.3'],
    [{ version: '^2.0.0' }, 'v2.5.1'],
    [{ version: '3.0.0 - 3.1.0' }, '3.1.0'],
    // Distributions are no prereleases.
    [{ version: '^3.0.0', distro: 'fedora' }, '3.1.3-fedora'],
    [{ version: '^3.0.0', distro: 'ubuntu' }, '3.1.3'],
    [{ version: '3.0.0', distro: 'opensuse' }, '3.0.0-opensuse'],
    [{ version: '^3.0.0', tags: ['3.0.0-ubuntu', '3.0.0-fedora'] }, '3.0.0-ubuntu'],
    // Prereleases only when allowed, or named in full.
    [{ version: '^3.0.0', allowPrerelease: true }, '3.2.0-rc.2'],
    [{ version: '^3.0.0', allowPrerelease: true, distro: 'fedora' }, '3.2.0-rc.2-fedora'],
    [{ version: '^3.2.0-rc.1', allowPrerelease: true }, '3.2.0-rc.2'],
    [{ version: '3.2.0-rc.1' }, '3.2.0-rc.1'],
    [{ allowPrerelease: true }, '4.0.0-alpha.1'],
    [{}, '3.1.3'],
    [{ strategy: 'latest-stable' }, '3.1.3'],
    [{ strategy: 'latest-stable', allowPrerelease: true }, '3.1.3'],
    [{ strategy: 'latest-stable', version: '~3.0.0' }, '3.0.0'],
    [{ strategy: 'pin-to-cli', toolVersion: '3.1.0' }, '3.1.0'],
    [{ strategy: 'pin-to-cli', toolVersion: '2.5.1' }, 'v2.5.1'],
    [{ strategy: 'pin-to-cli', toolVersion: '3.1.0', distro: 'fedora' }, '3.1.0-fedora'],
  ])('%j is %s', (wanted, tag) => {
    expect(choose(wanted)).toMatchObject({ tag });
  });

  it.each<[Wanted, RegExp, RegExp]>([
    [{ version: '^9.0.0' }, /No tag fits \^9\.0\.0/, /newest are 4\.0\.0-alpha\.1, 3\.2\.0-rc\.2/],
    [{ version: '~3.2' }, /Only prereleases fit ~3\.2, such as 3\.2\.0-rc\.2/, /allow_prerelease/],
    [{ version: '^3.2.0-rc.1' }, /Only prereleases/, /allow_prerelease/],
    [{ version: '^2.0.0', distro: 'fedora' }, /No tag for fedora fits \^2\.0\.0; v2\.5\.1 would/, /distro/],
    [{ version: '^3.0.0', tags: ['latest', '3', 'v3'] }, /No tag fits/, /no tag with a full version/],
    [{ version: '^3.0.0', tags: [] }, /No tag fits/, /tag_override/],
    [{ version: 'nonsense' }, /no version range/, /semver/],
    [{ strategy: 'pin-to-cli' }, /version of the tool/, /semver/],
    [{ strategy: 'pin-to-cli', toolVersion: '0.1.0' }, /No tag fits 0\.1\.0/, /newest are/],
  ])('%j is none, and the way out is told', (wanted, problem, hint) => {
    expect(choose(wanted)).toMatchObject({
      problem: expect.stringMatching(problem),
      hint: expect.stringMatching(hint),
    });
  });
});
