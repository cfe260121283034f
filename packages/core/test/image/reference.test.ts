import { checkRepository, isImageTag, parseImageReference } from '../../src/image/reference.js';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseImageReference', () => {
  it.each([
    ['ubuntu', 'ubuntu', null, null],
    ['ubuntu:24.04', 'ubuntu', '24.04', null],
    ['library/ubuntu', 'library/ubuntu', null, null],
    ['ghcr.io/pacphi/sindri:3.0.0', 'ghcr.io/pacphi/sindri', '3.0.0', null],
    [`ghcr.io/pacphi/sindri@${digest}`, 'ghcr.io/pacphi/sindri', null, digest],
    [`ghcr.io/pacphi/sindri:v3@${digest}`, 'ghcr.io/pacphi/sindri', 'v3', digest],
    ['localhost:5000/a/b', 'localhost:5000/a/b', null, null],
    ['localhost:5000/a:b', 'localhost:5000/a', 'b', null],
    ['localhost/a', 'localhost/a', null, null],
    ['registry.fly.io/my-app:deployment-01H', 'registry.fly.io/my-app', 'deployment-01H', null],
    ['Registry.Example.COM/a', 'Registry.Example.COM/a', null, null],
    ['a/b__c/d-e.f--g', 'a/b__c/d-e.f--g', null, null],
    ['127.0.0.1:5000/x', '127.0.0.1:5000/x', null, null],
  ])('reads %s', (text, repository, tag, hash) => {
    expect(parseImageReference(text)).toEqual({ repository, tag, digest: hash });
  });

  it.each([
    ['', 'names no image'],
    [':tag', 'names no image'],
    ['a:', 'ends in a colon without a tag'],
    ['a:b c', 'has a tag that is not one: "b c"'],
    ['a:-b', 'has a tag that is not one: "-b"'],
    [`a:${'x'.repeat(129)}`, expect.stringContaining('has a tag that is not one')],
    ['a@sha256:abc', 'has a digest that is not `sha256:` and 64 hexadecimal digits'],
    [`a@md5:${'0'.repeat(64)}`, 'has a digest that is not `sha256:` and 64 hexadecimal digits'],
    ['A/b', 'has capital letters in its repository'],
    ['ghcr.io/Foo/bar', 'has capital letters in its repository'],
    ['a//b', 'has nothing between two slashes, or at an end'],
    ['/a', 'has nothing between two slashes, or at an end'],
    ['a/', 'has nothing between two slashes, or at an end'],
    ['https://ghcr.io/a/b', 'begins with `https://`'],
    ['docker://a/b:1', 'begins with `docker://`'],
    ['ghcr.io/o/a:feature/x', 'has a slash in its tag, `feature/x`'],
    ['localhost:5000/a:feature/x', 'has a slash in its tag, `feature/x`'],
    ['a/_b', 'has a part that no repository can have: "_b"'],
    ['a/b___c', 'has a part that no repository can have: "b___c"'],
    [`${'a'.repeat(300)}`, 'is longer than 255 characters'],
  ])('refuses %j', (text, problem) => {
    expect(parseImageReference(text)).toMatchObject({ problem });
  });

  it.each([
    ['https://ghcr.io/o/a:1', 'An image has no scheme: `ghcr.io/o/a:1`.'],
    ['ghcr.io/o/a:feature/x', 'A tag cannot contain `/`: `feature-x`, for example.'],
  ])('says what to write instead of %j', (text, hint) => {
    expect(parseImageReference(text)).toMatchObject({ hint });
  });

  it('keeps the rest when it suggests small letters', () => {
    expect(parseImageReference('ghcr.io/MyOrg/App:Tag')).toMatchObject({
      hint: 'Did you mean `ghcr.io/myorg/app:Tag`?',
    });
  });

  it('takes no longer for a long text', () => {
    for (const text of ['a'.repeat(200_000), 'a.'.repeat(100_000), 'a-'.repeat(100_000), 'a/'.repeat(100_000)]) {
      expect(parseImageReference(text)).toHaveProperty('problem');
    }
  });
});

describe('its parts', () => {
  it('judges a repository alone', () => {
    expect(checkRepository('ghcr.io/pacphi/sindri')).toBeUndefined();
    expect(checkRepository('ghcr.io/pacphi/sindri:3')).toEqual({
      problem: 'is more than a repository',
      hint: 'A tag goes into `version` or `tagOverride`.',
    });
  });

  it('judges a tag alone', () => {
    expect(['3.0.0', 'v3', '_x', 'a'.repeat(128)].every(isImageTag)).toBe(true);
    expect(['', '.a', '-a', '^3.0.0', 'a b', 'a'.repeat(129)].some(isImageTag)).toBe(false);
  });
});
