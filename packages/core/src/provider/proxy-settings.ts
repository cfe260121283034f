/** The proxies for HTTP and HTTPS as URLs, `''` = none, and what is reached without them, separated by commas. */
export interface ProxySettings {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
}

/**
 * What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, in small letters first, as undici's `EnvHttpProxyAgent` takes it. An address without a
 * scheme is one of HTTP; what is on this computer is behind no proxy.
 */
export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const proxy = (name: string): string => withScheme(env[name] || env[name.toUpperCase()] || '');
  return {
    httpProxy: proxy('http_proxy'),
    httpsProxy: proxy('https_proxy'),
    noProxy: ['localhost', '127.0.0.1', '::1', env['no_proxy'] || env['NO_PROXY'] || ''].join(','),
  };
}

function withScheme(address: string): string {
  return address === '' || /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
}
