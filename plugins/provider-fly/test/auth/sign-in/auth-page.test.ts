import { requireAuthPage } from '../../../src/auth/sign-in/auth-page';

const fly = new URL('https://api.fly.io');
const local = new URL('http://127.0.0.1:4280');

describe('requireAuthPage', () => {
  it.each([
    ['https://fly.io/app/auth/cli/abc', fly],
    ['https://api.fly.io/app/auth/cli/abc?x=1&y=$(id)', fly],
    ['http://127.0.0.1:4280/app/auth/cli/abc', local],
    ['http://localhost:4280/app/auth/cli/abc', local],
    ['https://fly.example.com/auth', new URL('https://fly.example.com')],
  ])('%s of %s is fine', (url, base) => expect(requireAuthPage(url, base)).toBe(new URL(url).href));

  it.each([
    ['https://evil.example/app/auth', fly, /another host \(evil.example\)/],
    ['https://notfly.io/app/auth', fly, /another host/],
    ['https://fly.io.evil.example/', fly, /another host/],
    ['https://fly.io@evil.example/', fly, /login/],
    ['http://fly.io/app/auth', fly, /not encrypted/],
    ['http://127.0.0.1:1/app/auth', fly, /not encrypted/],
    ['https://fly.io/', local, /another host/],
    ['file:///etc/passwd', fly, /no web address/],
    ['javascript:alert(1)', fly, /no web address/],
    ['-oProxyCommand=id', fly, /no web address/],
    ['https://fly.io/\u001b]0;x\u0007', fly, /no web address/],
    ['https://fly.io/a b', fly, /no web address/],
    ['https://fly.io/`id`\n', fly, /no web address/],
    [`https://fly.io/${'a'.repeat(3_000)}`, fly, /no web address/],
    ['', fly, /no web address/],
  ])('%j of %s is neither shown nor opened', (url, base, why) => {
    expect(() => requireAuthPage(url, base)).toThrow(why);
  });
});
