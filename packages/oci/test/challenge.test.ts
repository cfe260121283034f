import { readChallenge } from '../src/challenge.js';

describe('WWW-Authenticate', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['Negotiate', null],
    ['Basic realm="x"', { scheme: 'basic' }],
    ['basic', { scheme: 'basic' }],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"',
      {
        scheme: 'bearer',
        realm: 'https://auth.docker.io/token',
        service: 'registry.docker.io',
        scope: 'repository:library/nginx:pull',
      },
    ],
    [
      'Bearer realm=https://a.example/t',
      { scheme: 'bearer', realm: 'https://a.example/t', service: null, scope: null },
    ],
    [
      'Basic realm="a, b", Bearer realm="https://a.example/t", service="say \\"x\\""',
      { scheme: 'bearer', realm: 'https://a.example/t', service: 'say "x"', scope: null },
    ],
    [
      ['Basic realm="x"', 'Bearer realm="https://a.example/t"'],
      { scheme: 'bearer', realm: 'https://a.example/t', service: null, scope: null },
    ],
    ['Bearer service="no realm"', null],
    ['"""" ,,, ====', null],
  ])('%j', (header, expected) => {
    expect(readChallenge(header)).toEqual(expected);
  });

  it('takes no time over a hostile one', () => {
    expect(readChallenge(`Bearer ${'a="\\'.repeat(100_000)}`)).toBeNull();
  });
});
