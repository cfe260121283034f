import { isLoopback } from '../../api/loopback.js';
import { flyError } from '../../fly-error.js';

const LONGEST_URL = 2_000;

/**
 * The page on which somebody approves a sign-in, as it may be shown and opened: https (http only where the API is http, too), no
 * login in it, on the host of the API or on one of fly.io where the API is there. Throws `FLY_ANSWER_UNEXPECTED` for any other:
 * whoever answers in Fly's place must not send a person anywhere, nor start a program by another scheme.
 */
export function requireAuthPage(text: string, base: URL): string {
  const fault = faultOf(text, base);
  if (fault === null) return new URL(text).href;
  throw flyError({
    code: 'FLY_ANSWER_UNEXPECTED',
    kind: 'incomplete',
    message: `Could not begin a sign-in: the page that ${base.origin} names ${fault}. Nothing was opened.`,
    hint: 'Another server may have answered in its place: check FLY_API_BASE_URL and HTTPS_PROXY.',
    details: { endpoint: 'startSignIn', origin: base.origin },
  });
}

function faultOf(text: string, base: URL): string | null {
  if (text.length > LONGEST_URL || !/^https?:\/\/[\x21-\x7e]+$/i.test(text) || !URL.canParse(text)) {
    return 'is no web address';
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'has a login in its address';
  if (url.protocol !== 'https:' && base.protocol === 'https:') return 'is not encrypted';
  if (!belongs(url.hostname, base.hostname)) return `is on another host (${url.host})`;
  return null;
}

function belongs(host: string, base: string): boolean {
  if (host === base || (isLoopback(host) && isLoopback(base))) return true;
  return isOfFly(base) && isOfFly(host);
}

/** The API is `api.fly.io`, the page is on `fly.io`. */
function isOfFly(host: string): boolean {
  return host === 'fly.io' || host.endsWith('.fly.io');
}
