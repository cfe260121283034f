import { proxyFor, readProxySettings } from '../../src/api/proxy-variables';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('proxy variables', () => {
  it.each([
    ['127.0.0.1:9', { url: 'http://127.0.0.1:9' }],
    ['localhost:9', { url: 'http://localhost:9' }],
    ['proxy.corp.invalid', { url: 'http://proxy.corp.invalid' }],
    ['[::1]:3128', { url: 'http://[::1]:3128' }],
    [' HTTP://Proxy.Example:3128/ ', { url: 'http://proxy.example:3128' }],
    ['https://proxy.example', { url: 'https://proxy.example' }],
    ['http://me:pa#ss@proxy.example:3128', { url: 'http://proxy.example:3128', authorization: basic('me:pa#ss') }],
    ['me:p@ss/w?rd@proxy.example:3128', { url: 'http://proxy.example:3128', authorization: basic('me:p@ss/w?rd') }],
    ['http://me:100%@proxy.example', { url: 'http://proxy.example', authorization: basic('me:100%') }],
    ['http://me:p%23s@proxy.example', { url: 'http://proxy.example', authorization: basic('me:p#s') }],
    ['http://me:schlüssel@proxy.example', { url: 'http://proxy.example', authorization: basic('me:schlüssel') }],
    ['http://token@proxy.example', { url: 'http://proxy.example', authorization: basic('token:') }],
  ])('%s', (value, expected) => {
    expect(readProxySettings({ HTTPS_PROXY: value }).https).toEqual(expected);
  });

  it('takes lower case before upper case, and an empty variable for none', () => {
    const both = { https_proxy: 'lower:1', HTTPS_PROXY: 'upper:1' };
    expect(readProxySettings(both).https?.url).toBe('http://lower:1');
    expect(readProxySettings({ ...both, https_proxy: '' }).https?.url).toBe('http://upper:1');
    expect(readProxySettings({ ...both, https_proxy: ' ', HTTPS_PROXY: '' }).https).toBeNull();
    expect(readProxySettings({ HTTP_PROXY: 'plain:1' }).https?.url).toBe('http://plain:1');
  });

  it.each([
    'socks5://proxy:1080',
    'http://',
    'http://a b',
    'me:secret@',
    'proxy:99999',
    'proxy:port',
    'http://a:0',
    'c:\\x',
  ])('%s is none', (value) => {
    let thrown: unknown;
    try {
      readProxySettings({ https_proxy: value });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'FLY_PROXY_INVALID',
      kind: 'usage',
      message: expect.stringContaining('https_proxy'),
    });
    expect(JSON.stringify(thrown)).not.toContain('secret');
  });

  it.each([
    ['', 'https://api.machines.dev', true],
    ['*', 'https://api.machines.dev', false],
    ['other.example, *', 'https://api.machines.dev', false],
    ['machines.dev', 'https://api.machines.dev', false],
    ['.machines.dev', 'https://api.machines.dev', false],
    ['*.machines.dev', 'https://api.machines.dev', false],
    ['API.machines.dev', 'https://api.machines.dev', false],
    ['ines.dev', 'https://api.machines.dev', true],
    ['machines.dev:443', 'https://api.machines.dev', false],
    ['machines.dev:8443', 'https://api.machines.dev', true],
    ['machines.dev:8443', 'https://api.machines.dev:8443', false],
    ['[fdaa::3]:80', 'http://[fdaa::3]', false],
    ['fdaa::3', 'http://[fdaa::3]:4280', false],
    ['10.0.0.1', 'http://10.0.0.1', false],
    ['0.0.1', 'http://10.0.0.1', true],
    ['', 'http://localhost:4280', false],
    ['', 'http://127.0.0.9:4280', false],
    ['', 'http://[::1]:4280', false],
  ])('NO_PROXY=%s and %s', (exceptions, target, isProxied) => {
    const settings = readProxySettings({ HTTP_PROXY: 'proxy:3128', NO_PROXY: exceptions });
    expect(proxyFor(new URL(target), settings) !== null).toBe(isProxied);
    const lower = readProxySettings({ HTTP_PROXY: 'proxy:3128', no_proxy: exceptions, NO_PROXY: '' });
    expect(proxyFor(new URL(target), lower) !== null).toBe(isProxied);
  });
});
