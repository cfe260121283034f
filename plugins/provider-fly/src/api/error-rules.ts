import type { ErrorKind, JsonObject } from '@sindri/core';
import type { EndpointName } from './endpoints.js';
import { suchAsNear } from '../planner/regions/region-neighbours.js';
import type { FlyErrorCode } from '../fly-error.js';
import { isFlyItself, isOnThisComputer } from './who-answered.js';

/** Why Fly has no room: the scope tells what can help. */
export type CapacityScope = 'region' | 'host' | 'volume';

/** An answer of the API that is not a success, as {@link rules} look at it. */
export interface Refusal {
  status: number;
  endpoint: EndpointName;
  /** What was asked for, in words: `create app demo`. */
  what: string;
  /** The text of the error body. */
  text: string;
  /** The body's own status code, which outranks the text: `insufficient_capacity`, `name_taken`. */
  statusCode: string | null;
  /** Whether the body is an error as Fly writes them, and not the page of a router or a proxy. */
  isJson: boolean;
  /** Who answered: `https://api.machines.dev`. */
  origin: string;
  /** What the request was about, as far as hints need it. */
  subject: RequestSubject;
  /** Where the token came from, for people; `null` = none was sent. */
  tokenOrigin: string | null;
}

export interface RequestSubject {
  app?: string;
  region?: string;
  /** The request asks for a GPU. */
  gpu?: boolean;
}

/** One line of the table. */
export interface Rule {
  code: FlyErrorCode;
  kind: ErrorKind;
  retryable?: boolean;
  when(refusal: Refusal): boolean;
  message(refusal: Refusal): string;
  hint?(refusal: Refusal): string | undefined;
  details?(refusal: Refusal): JsonObject;
}

const CREATES_MACHINE: readonly EndpointName[] = ['createMachine', 'updateMachine'];
const LEASE = /lease currently held by (\S+?),? expires at (\S+)/i;
/** Every one of these passes by itself: a start that is refused so is repeated. */
const BUSY =
  /still active|refusing to start|not currently stopped|unable to start machine from current state: '(?:created|replacing|updating|starting|restarting|stopping|suspending)'/i;
const VOLUME_HOLDER = /(?:claimed by machine|bound to machine:?)\s*([0-9a-z]*)/i;
const NAME_VIOLATION = /unique machine name violation, machine ID (\S+) already exists/i;
/** Fly's own words for what is not there name its kind. A router's 404 names nothing, or the path. */
const ABSENT_THING =
  /\b(?:app|machine|volume|lease|secret|ip(?: address)?|address|metadata key|organization|snapshot)s?\b[^]*\b(?:not[ _]found|does(?: not|n't) exist|unknown)\b|\b(?:could not find|no such|unknown)\s+(?:the )?(?:app|machine|volume|lease|secret|ip|address|organization|snapshot)/i;
export const AGAIN = 'Run the same command again: it continues where this one stopped.';

/**
 * Status and body of an answer → our code. The first rule that fits wins. Texts as seen on the wire; those that nobody has
 * recorded yet are marked.
 */
export const rules: readonly Rule[] = [
  {
    code: 'FLY_TOKEN_REFUSED',
    kind: 'auth',
    when: (r) => r.status === 401,
    message: (r) =>
      r.tokenOrigin === null
        ? `${r.origin} wants a token of whoever asks to ${r.what}, and none was sent.`
        : `Fly does not accept the token from ${r.tokenOrigin}.`,
    hint: (r) =>
      `${r.tokenOrigin === null ? '' : 'It may be expired, revoked or cut. '}Run \`sindri auth login\`, or set FLY_API_TOKEN to a new one.`,
  },
  {
    code: 'FLY_RATE_LIMITED',
    kind: 'incomplete',
    retryable: true,
    when: (r) => r.status === 429,
    message: (r) => `Fly limits how often one may ${r.what}, and kept refusing.`,
    hint: () => AGAIN,
  },
  {
    code: 'FLY_TIMED_OUT',
    kind: 'incomplete',
    retryable: true,
    when: (r) => r.status === 408,
    message: (r) => `Fly took too long to ${r.what}.`,
    hint: () => AGAIN,
  },
  {
    code: 'FLY_API_ERROR',
    kind: 'incomplete',
    retryable: true,
    // A body that comes with a 5xx is never matched: it may quote anything.
    when: (r) => r.status >= 500,
    message: (r) => `${isFlyItself(r.origin) ? 'Fly' : r.origin} failed to ${r.what}: ${r.text || `HTTP ${r.status}`}`,
    hint: (r) =>
      isFlyItself(r.origin)
        ? `${AGAIN} Fly reports its own incidents on https://status.flyio.net.`
        : `${AGAIN} The answer came from ${r.origin}, not from Fly itself.`,
  },
  {
    code: 'FLY_GPU_REFUSED',
    kind: 'refused',
    // Unsure: what the API says to a GPU since Fly withdrew them on 2026-08-01. Any refusal of such a request counts.
    when: (r) =>
      r.subject.gpu === true && CREATES_MACHINE.includes(r.endpoint) && [400, 409, 412, 422].includes(r.status),
    message: (r) => `Fly refused the GPU machine: ${r.text}`,
    hint: () => 'Fly.io withdrew GPUs on 2026-08-01. Remove `deployment.gpu`, or use another provider.',
  },
  {
    code: 'FLY_NO_CAPACITY',
    kind: 'refused',
    retryable: true,
    when: (r) =>
      r.statusCode === 'volume_placement_capacity' ||
      /insufficient resources to create new machine with existing volume/i.test(r.text),
    message: (r) => `The host that holds the volume has no room for the machine: ${r.text}`,
    hint: () =>
      'Nothing on the volume is lost. Try again later, or ask for less memory or fewer CPUs. The way out is elsewhere: ' +
      '`sindri volume snapshots` and `sindri volume restore ID` make a new volume where there is room.',
    details: () => ({ scope: 'volume' satisfies CapacityScope }),
  },
  {
    code: 'FLY_NO_CAPACITY',
    kind: 'refused',
    retryable: true,
    when: (r) =>
      r.statusCode === 'insufficient_capacity' || /could not find a candidate host|\bno capacity\b/i.test(r.text),
    message: (r) => `Region ${r.subject.region ?? 'of this app'} is full: ${r.text}`,
    hint: (r) =>
      `Set \`providers.fly.region\` to another region${suchAsNear(r.subject.region)}, ask for less, or try again later.`,
    details: () => ({ scope: 'region' satisfies CapacityScope }),
  },
  {
    code: 'FLY_NO_CAPACITY',
    kind: 'refused',
    retryable: true,
    when: (r) =>
      [409, 412, 422].includes(r.status) &&
      /insufficient (?:CPUs|memory|IPs|resources)|could not reserve resource/i.test(r.text),
    message: (r) => `The host of this machine has no room: ${r.text}`,
    hint: () =>
      'Its volume stays where it is, and keeps what is on it. Try again later, or ask for less. The way out is elsewhere: ' +
      '`sindri volume snapshot` and `sindri volume restore ID` make a new volume and machine where there is room.',
    details: () => ({ scope: 'host' satisfies CapacityScope }),
  },
  {
    code: 'FLY_APP_NAME_TAKEN',
    kind: 'refused',
    when: (r) => r.endpoint === 'createApp' && (r.statusCode === 'name_taken' || /already been taken/i.test(r.text)),
    message: (r) => appNameTakenMessage(r.subject.app ?? ''),
    hint: () => APP_NAME_TAKEN_HINT,
  },
  {
    code: 'FLY_APP_NAME_INVALID',
    kind: 'usage',
    when: (r) => r.endpoint === 'createApp' && /name under 63 chars|name is invalid/i.test(r.text),
    message: (r) => `Fly does not accept the name ${r.subject.app ?? ''}: ${r.text}`,
    hint: () => 'Set `name` to fewer than 63 lower-case letters, digits and dashes.',
  },
  {
    code: 'FLY_LEASE_HELD',
    kind: 'incomplete',
    retryable: true,
    when: (r) => r.status === 409 && LEASE.test(r.text),
    message: (r) => {
      const [, holder, expires] = LEASE.exec(r.text) ?? [];
      return `Somebody else is changing the machine: its lease is held by ${holder} until ${expires}.`;
    },
    hint: () => 'Wait until that is over and run the same command again.',
    details: (r) => {
      const [, holder, expires] = LEASE.exec(r.text) ?? [];
      return { holder: holder ?? null, expiresAt: expires ?? null };
    },
  },
  {
    code: 'FLY_MACHINE_NAME_TAKEN',
    kind: 'incomplete',
    retryable: true,
    when: (r) => r.status === 409 && NAME_VIOLATION.test(r.text),
    message: (r) => `A machine of this name exists already: ${r.text}`,
    hint: () => AGAIN,
    details: (r) => ({ machineId: NAME_VIOLATION.exec(r.text)?.[1] ?? null }),
  },
  {
    code: 'FLY_MACHINE_CHANGED',
    kind: 'incomplete',
    retryable: true,
    // The wording for a stale `current_version` is unsure.
    when: (r) => r.status === 409 && /concurrent update|current_version|version mismatch|stale/i.test(r.text),
    message: (r) => `The machine was changed by somebody else meanwhile: ${r.text}`,
    hint: () => 'Run the same command again: it plans anew from what is there now.',
  },
  {
    code: 'FLY_MACHINE_BUSY',
    kind: 'incomplete',
    retryable: true,
    when: (r) => r.status === 412 && BUSY.test(r.text),
    message: (r) => `The machine is in between two states: ${r.text}`,
    hint: () => 'Try again in a few seconds.',
  },
  {
    code: 'FLY_VOLUME_ATTACHED',
    kind: 'refused',
    when: (r) =>
      [409, 412, 422].includes(r.status) &&
      /volume.*(?:claimed|bound to|attached|in use)|(?:attached|in use).*volume/i.test(r.text),
    message: (r) => `The volume belongs to another machine: ${r.text}`,
    hint: () => 'Detach it by removing that machine, or run `sindri plan` to see what is there.',
    details: (r) => {
      const holder = VOLUME_HOLDER.exec(r.text)?.[1];
      // No name where one belongs: that machine was destroyed a moment ago.
      return { ...(holder ? { machineId: holder } : {}), ...(holder === '' ? { released: true } : {}) };
    },
  },
  {
    code: 'FLY_IMAGE_NOT_FOUND',
    kind: 'refused',
    // Wordings unsure, collected from public logs.
    when: (r) =>
      CREATES_MACHINE.includes(r.endpoint) &&
      /manifest.unknown|manifest .*not found|image .*not found|could not find image|failed to (?:get|fetch|resolve) (?:the )?(?:manifest|image)|error pulling/i.test(
        r.text,
      ),
    message: (r) => `Fly cannot get the image: ${r.text}`,
    hint: () =>
      'Check `deployment.image`. Fly pulls public images and those of registry.fly.io; it cannot sign in to other private registries.',
  },
  {
    code: 'FLY_QUOTA',
    kind: 'refused',
    when: (r) =>
      [403, 422].includes(r.status) && /quota|limit (?:of|for|reached)|(?:reached|exceeds?).*limit/i.test(r.text),
    message: (r) => `This organization may not use more: ${r.text}`,
    hint: () => 'Remove something, ask for less, choose another region, or have Fly raise the limit (billing@fly.io).',
  },
  {
    code: 'FLY_FORBIDDEN',
    kind: 'refused',
    when: (r) => r.status === 403,
    message: (r) =>
      `${r.tokenOrigin === null ? 'Whoever sends no token' : `The token from ${r.tokenOrigin}`} is not allowed to ${r.what}${r.text ? `: ${r.text}` : ''}`,
    hint: () => 'Use a token of the organization that owns it. A token that is locked to one app cannot create apps.',
  },
  {
    code: 'FLY_NOT_FOUND',
    kind: 'refused',
    when: (r) =>
      r.isJson &&
      ((r.status === 404 && ABSENT_THING.test(r.text)) ||
        (r.status === 400 && /could not find app|app not found/i.test(r.text))),
    message: (r) => `Fly could not ${r.what}: there is no such thing (${r.text}).`,
  },
  {
    code: 'FLY_ENDPOINT_MISSING',
    kind: 'refused',
    // Whether the thing exists is not known: this is no word of Fly about it.
    when: (r) => r.status === 404,
    message: (r) =>
      `Could not ${r.what}: ${r.origin} does not know this call${r.text ? ` (${shortened(r.text)})` : ''}.`,
    hint: (r) =>
      isOnThisComputer(r.origin)
        ? 'A local emulator that an older Sindri has started does not know new calls: run `sindri emulator stop`, which keeps what it ' +
          'has, and then the same command again. Anything else that answers there: check FLY_FLAPS_BASE_URL and FLY_API_BASE_URL.'
        : 'This is not how Fly says that something does not exist: another server may have answered in its place. Check ' +
          'FLY_FLAPS_BASE_URL, FLY_API_BASE_URL and HTTPS_PROXY.',
    details: (r) => ({ origin: r.origin }),
  },
  {
    code: 'FLY_CONFLICT',
    kind: 'incomplete',
    retryable: true,
    when: (r) => r.status === 409,
    message: (r) => `Fly could not ${r.what} now: ${r.text}`,
    hint: () => AGAIN,
  },
  {
    code: 'FLY_PRECONDITION',
    kind: 'refused',
    when: (r) => r.status === 412,
    message: (r) => `Fly refused to ${r.what}: ${r.text}`,
  },
  {
    code: 'FLY_REQUEST_REFUSED',
    kind: 'refused',
    when: () => true,
    message: (r) => `Fly refused to ${r.what}: ${r.text || `HTTP ${r.status}`}`,
  },
];

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}

export const APP_NAME_TAKEN_HINT =
  'App names are shared by everybody on Fly.io. Choose another `name` in sindri.yaml, or use a token of the organization that owns it.';

export function appNameTakenMessage(app: string): string {
  return `The app name ${app} is taken: it belongs to an organization that this token cannot use.`;
}
