import { chooseRef, imageTagOf } from '../../src/source/choose-ref';
import { gitToken } from '../../src/source/git-token';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const refs = {
  HEAD: a,
  'refs/heads/main': a,
  'refs/heads/feature/x': b,
  'refs/heads/both': a,
  'refs/tags/both': b,
  'refs/heads/same': c,
  'refs/tags/same': c,
  'refs/tags/v3.1.3': b,
  'refs/tags/v3.10.0': c,
  'refs/tags/v3.11.0-rc.1': a,
  'refs/tags/v4.0.0': a,
  'refs/pull/7/head': b,
};

describe('what a git ref leads to', () => {
  it.each([
    ['main', { kind: 'found', ref: 'refs/heads/main', commit: a }],
    ['feature/x', { kind: 'found', ref: 'refs/heads/feature/x', commit: b }],
    ['v3.1.3', { kind: 'found', ref: 'refs/tags/v3.1.3', commit: b }],
    ['refs/heads/both', { kind: 'found', ref: 'refs/heads/both', commit: a }],
    ['tags/both', { kind: 'found', ref: 'refs/tags/both', commit: b }],
    ['refs/pull/7/head', { kind: 'found', ref: 'refs/pull/7/head', commit: b }],
    ['same', { kind: 'found', ref: 'refs/heads/same', commit: c }],
    ['both', { kind: 'ambiguous', refs: ['refs/heads/both', 'refs/tags/both'] }],
    [b.toUpperCase(), { kind: 'found', ref: null, commit: b }],
    ['d'.repeat(40), { kind: 'commit', commit: 'd'.repeat(40) }],
    [null, { kind: 'found', ref: 'refs/tags/v3.10.0', commit: c }],
  ])('%s', (gitRef, expected) => expect(chooseRef({ refs }, gitRef)).toEqual(expected));

  it('is nothing else when it is not there', () => {
    expect(chooseRef({ refs }, 'mian')).toMatchObject({ kind: 'missing', hint: 'Did you mean main?' });
    expect(chooseRef({ refs }, 'abcdef1')).toMatchObject({ hint: expect.stringContaining('40 digits') });
    expect(chooseRef({ refs: { 'refs/heads/main': a } }, null)).toMatchObject({ kind: 'missing' });
    expect(chooseRef({ refs: { [`refs/heads/${b}`]: a } }, b)).toMatchObject({ kind: 'ambiguous' });
  });
});

test.each([
  ['refs/tags/v3.1.3', undefined, `sindri-3.1.3-${'a'.repeat(12)}`],
  ['refs/heads/feature/my feature', 'ubuntu', `sindri-feature-my-feature-${'a'.repeat(12)}`],
  ['refs/heads/…', 'fedora', `sindri-source-${'a'.repeat(12)}-fedora`],
  [null, undefined, `sindri-commit-${'a'.repeat(12)}`],
  [`refs/heads/${'x'.repeat(200)}`, undefined, `sindri-${'x'.repeat(64)}-${'a'.repeat(12)}`],
] as const)('the tag of %s', (ref, distro, expected) => expect(imageTagOf({ ref, commit: a }, distro)).toBe(expected));

test.each([
  ['github.com', { GITHUB_TOKEN: 'one' }, 'one'],
  ['github.com', { GH_TOKEN: 'two' }, 'two'],
  ['github.com', { SINDRI_GIT_TOKEN: 'own', GITHUB_TOKEN: 'one' }, 'own'],
  ['gitlab.com', { SINDRI_GIT_TOKEN: 'own', GITHUB_TOKEN: 'one' }, null],
  ['gitlab.com', { SINDRI_GIT_TOKEN: 'own', SINDRI_GIT_HOST: 'gitlab.com' }, 'own'],
  ['github.com', { SINDRI_GIT_TOKEN: 'own', SINDRI_GIT_HOST: 'gitlab.com' }, null],
  ['github.com', { GITHUB_TOKEN: 'two\nlines' }, null],
])('the token for %s of %j', (host, env, token) => expect(gitToken(host, env)).toBe(token));
