import { type SindriError, type OperationContext } from '@sindri/core';
import { flyError } from '../fly-error.js';
import { isLoopback } from './loopback.js';

/** A proxy as the environment names it. */
export interface ProxyAddress {
  /** `http://proxy.example:3128`, without credentials. */
  url: string;
  /** The value of `Proxy-Authorization`, when the variable holds a user. */
  authorization?: string;
}

/** One entry of `NO_PROXY`. */
interface Exception {
  host: string;
  /** Only this port; `null` = every port. */
  port: number | null;
  /** `.example.com`, `*.example.com` or `example.com`: also the names below it. */
  alsoBelow: boolean;
}

/** Which way requests go. */
export interface ProxySettings {
  http: ProxyAddress | null;
  https: ProxyAddress | null;
  exceptions: readonly Exception[];
}

type Env = OperationContext['env'];

/**
 * Reads `http_proxy`, `https_proxy` and `no_proxy` as other programs do: lower case before upper case, an empty variable is unset, a
 * scheme may be missing. Throws `FLY_PROXY_INVALID`, which names the variable and never its value: that may hold a password.
 */
export function readProxySettings(env: Env): ProxySettings {
  const http = readProxy(env, 'http_proxy');
  return {
    http,
    https: readProxy(env, 'https_proxy') ?? http,
    exceptions: (firstSet(env, 'no_proxy')?.value ?? '')
      .split(/[\s,]+/)
      .filter((entry) => entry !== '')
      .map(readException),
  };
}

/** The proxy for a request, `null` for none. Loopback is never behind one: a local Fly must be reachable whatever the network asks for. */
export function proxyFor(target: URL, settings: ProxySettings): ProxyAddress | null {
  if (isLoopback(target.hostname)) return null;
  const host = bareHost(target.hostname.toLowerCase());
  const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
  const isExcepted = settings.exceptions.some(
    (one) =>
      (one.port === null || one.port === port) &&
      (one.host === '*' || host === one.host || (one.alsoBelow && host.endsWith(`.${one.host}`))),
  );
  if (isExcepted) return null;
  return target.protocol === 'https:' ? settings.https : settings.http;
}

function firstSet(env: Env, name: string): { name: string; value: string } | null {
  for (const candidate of [name, name.toUpperCase()]) {
    const value = env[candidate]?.trim();
    if (value) return { name: candidate, value };
  }
  return null;
}

function readProxy(env: Env, name: string): ProxyAddress | null {
  const found = firstSet(env, name);
  if (found === null) return null;
  const [, scheme = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^]*)$/i.exec(found.value) ?? [];
  if (!/^https?$/i.test(scheme)) {
    throw invalid(found.name, `its scheme ${scheme.slice(0, 20)}:// is not one that Sindri can use as a proxy`);
  }
  // Passwords hold every character there is, so the address begins after the last @.
  const at = rest.lastIndexOf('@');
  const place = rest.slice(at + 1).replace(/[/?#][^]*$/, '');
  const url = parsePlace(`${scheme.toLowerCase()}://${place}`);
  if (url === null) throw invalid(found.name, 'it is not the address of a proxy');
  return { url: url.origin, ...(at === -1 ? {} : { authorization: basic(rest.slice(0, at)) }) };
}

function parsePlace(text: string): URL | null {
  if (/[\s\\]/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.hostname !== '' && url.username === '' && url.port !== '0' ? url : null;
}

function basic(userinfo: string): string {
  const colon = userinfo.indexOf(':');
  const parts = colon === -1 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return `Basic ${Buffer.from(parts.map(decoded).join(':'), 'utf8').toString('base64')}`;
}

/** A `%` that stands for itself is left as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readException(entry: string): Exception {
  const [, name = entry, port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  const host = bareHost(name.toLowerCase());
  const isAddress = host.includes(':') || /^[\d.]+$/.test(host);
  return {
    host: host === '*' ? '*' : host.replace(/^\*?\./, ''),
    port: port === undefined ? null : Number(port),
    alsoBelow: !isAddress,
  };
}

function bareHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function invalid(name: string, why: string): SindriError {
  return flyError({
    code: 'FLY_PROXY_INVALID',
    kind: 'usage',
    message: `${name} cannot be used: ${why}.`,
    hint: `Set ${name} to something like http://proxy.example:3128, or unset it. NO_PROXY names what is reached without it.`,
    details: { variable: name },
  });
}
