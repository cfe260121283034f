import { systemClock, type Clock } from '@sindri/core';
import type { Dispatcher } from 'undici';
import { createAuthorizedSend, refused } from './authorization.js';
import type { Credentials } from './docker-credentials.js';
import {
  digestOf,
  manifestTypes,
  readManifest,
  type Descriptor,
  type Manifest,
  type ManifestContent,
} from './manifest.js';
import { referenceText, registryOrigin, repositoryText, type Reference, type Repository } from './reference.js';
import { registryError } from './registry-error.js';
import { createSend, oddAnswer, textOf, type RegistryAnswer } from './send.js';

/** What a client may use of the outside. */
export interface RegistryClientOptions {
  /** An undici dispatcher: where connections come from, and through which proxy. */
  dispatcher: Dispatcher;
  /** Who signs in to a host; see `credentialsFor`. Default: nobody. */
  credentials?: (host: string) => Promise<Credentials | null>;
  clock?: Clock;
  /** Gets every password and token that must not be printed. */
  hide?: (value: string) => void;
  /** For one request, in ms. Default 30000. */
  timeoutMs?: number;
}

/** A call may be ended at any time. */
export interface RegistryCall {
  signal: AbortSignal;
}

/** Reads from OCI registries. Nothing is written, and nothing is kept but tokens. */
export interface RegistryClient {
  /** All tags of a repository, in the registry's order. */
  tags(repository: Repository, call: RegistryCall): Promise<string[]>;
  /**
   * The manifest or index that a reference names, checked against its digest. A registry may need some seconds until it shows what
   * was just pushed: with `patienceMs` a missing one is asked for again during that time.
   */
  manifest(reference: Reference, call: RegistryCall & { patienceMs?: number }): Promise<Manifest>;
  /** The bytes of a blob, checked against its digest. `maxBytes` defaults to 4 MB. */
  blob(repository: Repository, digest: string, call: RegistryCall & { maxBytes?: number }): Promise<Buffer>;
  /** What refers to a manifest: signatures, attestations. By the referrers API, and by its tag where a registry lacks that. */
  referrers(repository: Repository, digest: string, call: RegistryCall): Promise<Descriptor[]>;
}

const TIMEOUT_MS = 30_000;
const MANIFEST_BYTES = 4 * 1024 * 1024;
const BLOB_BYTES = 4 * 1024 * 1024;
const TAGS_BYTES = 8 * 1024 * 1024;
const TAGS_PER_PAGE = 1_000;
const MOST_PAGES = 200;
const MOST_TAGS = 200_000;
const PATIENCE_STEP_MS = 1_500;

/**
 * A client for any number of registries. Plain HTTP is used on loopback addresses only. Calls reject with the `IMAGE_…` and
 * `REGISTRY_…` codes of docs/errors.md, and with the reason of an aborted signal.
 */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { dispatcher, credentials, hide = () => undefined, clock = systemClock, timeoutMs = TIMEOUT_MS } = options;
  const send = createAuthorizedSend({
    send: createSend({ dispatcher, clock, timeoutMs }),
    credentials: credentials ?? (async () => null),
    hide,
  });

  async function get(
    repository: Repository,
    url: URL,
    call: RegistryCall & { maxBytes: number; accept?: string },
  ): Promise<RegistryAnswer> {
    const headers: Record<string, string> = call.accept === undefined ? {} : { accept: call.accept };
    const { maxBytes, signal } = call;
    const answer = await send(repository, { url, headers, maxBytes, signal });
    if (answer.status === 401 || answer.status === 403) throw refused(repository, false, textOf(answer.body));
    if (answer.status !== 200 && answer.status !== 404) {
      throw registryError({
        code: 'REGISTRY_REFUSED',
        kind: 'refused',
        message: `${repository.host} answered ${answer.status} for ${repository.path}: ${textOf(answer.body)}`,
        details: { host: repository.host, status: answer.status },
      });
    }
    return answer;
  }

  async function findManifest(reference: Reference, call: RegistryCall): Promise<Manifest | null> {
    const name = reference.digest ?? reference.tag ?? 'latest';
    const url = endpoint(reference, `manifests/${name}`);
    const answer = await get(reference, url, { ...call, maxBytes: MANIFEST_BYTES, accept: manifestTypes.join(', ') });
    if (answer.status === 404) return null;
    const digest = digestOf(answer.body);
    const announced = answer.headers['docker-content-digest'];
    const promised = [reference.digest, typeof announced === 'string' ? announced : null];
    if (promised.some((one) => one !== null && one.startsWith('sha256:') && one !== digest)) {
      throw mismatch(reference, promised.find((one) => one !== null && one !== digest) ?? '', digest);
    }
    const content = readManifest(answer.body);
    if (content === null) throw oddAnswer(url, 'something that is no manifest');
    const header = String(answer.headers['content-type'] ?? '').split(';')[0] as string;
    return { digest, mediaType: content.mediaType ?? header, size: answer.body.length, content };
  }

  return {
    async tags(repository, call) {
      const found = new Set<string>();
      let url: URL | null = endpoint(repository, `tags/list?n=${TAGS_PER_PAGE}`);
      for (let page = 0; url !== null; page += 1) {
        const answer: RegistryAnswer = await get(repository, url, { ...call, maxBytes: TAGS_BYTES });
        if (answer.status === 404) throw notFound(repositoryText(repository), repository, textOf(answer.body));
        const before = found.size;
        for (const tag of tagsOf(answer, url)) found.add(tag);
        // A page without news would be followed by itself for ever.
        const next: URL | null = page > 0 && found.size === before ? null : nextPage(answer, url);
        if (next !== null && (page === MOST_PAGES || found.size > MOST_TAGS)) throw oddAnswer(url, 'tags without end');
        url = next;
      }
      return [...found];
    },

    async manifest(reference, call) {
      const until = clock.now() + (call.patienceMs ?? 0);
      for (;;) {
        const found = await findManifest(reference, call);
        if (found !== null) return found;
        if (clock.now() >= until) throw notFound(referenceText(reference), reference, 'manifest unknown');
        await clock.sleep(Math.min(PATIENCE_STEP_MS, until - clock.now()), call.signal);
      }
    },

    async blob(repository, digest, { signal, maxBytes = BLOB_BYTES }) {
      const answer = await get(repository, endpoint(repository, `blobs/${digest}`), { signal, maxBytes });
      if (answer.status === 404) throw notFound(`${repositoryText(repository)}@${digest}`, repository, 'blob unknown');
      const actual = digestOf(answer.body);
      if (actual !== digest) throw mismatch({ ...repository, tag: null, digest }, digest, actual);
      return answer.body;
    },

    async referrers(repository, digest, call) {
      const answer = await get(repository, endpoint(repository, `referrers/${digest}`), {
        ...call,
        maxBytes: MANIFEST_BYTES,
        accept: manifestTypes[0],
      });
      if (answer.status === 200) {
        const index = indexOf(answer.body);
        if (index !== null) return index;
      }
      // The referrers tag schema of the specification: `sha256-…`.
      const fallback = await findManifest({ ...repository, tag: digest.replace(':', '-'), digest: null }, call);
      return fallback?.content.manifests ?? [];
    },
  };
}

function endpoint({ host, path }: Repository, rest: string): URL {
  return new URL(`/v2/${path}/${rest}`, registryOrigin(host));
}

function indexOf(body: Buffer): Descriptor[] | null {
  const content: ManifestContent | null = readManifest(body);
  return content?.manifests ?? null;
}

function tagsOf({ body }: RegistryAnswer, url: URL): string[] {
  let tags: unknown;
  try {
    ({ tags } = JSON.parse(body.toString('utf8')) as Record<string, unknown>);
  } catch {
    throw oddAnswer(url, 'something that is no list of tags');
  }
  if (tags === null || tags === undefined) return [];
  if (!Array.isArray(tags)) throw oddAnswer(url, 'something that is no list of tags');
  return tags.filter(
    (tag): tag is string => typeof tag === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag),
  );
}

/** `Link: </v2/…?last=x>; rel="next"`, relative or absolute. It must stay at the registry: what signs in there goes along. */
function nextPage({ headers }: RegistryAnswer, url: URL): URL | null {
  const header = headers['link'];
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  const link = /<([^>]{1,4096})>\s*;[^,]*\brel="?next"?/i.exec(text)?.[1];
  if (link === undefined) return null;
  const next = URL.canParse(link, url.href) ? new URL(link, url) : null;
  if (next === null || next.host !== url.host) throw oddAnswer(url, 'a next page that is elsewhere');
  // Behind a proxy a registry may take itself for plain HTTP.
  next.protocol = url.protocol;
  return next;
}

function mismatch(reference: Reference, wanted: string, actual: string): Error {
  return registryError({
    code: 'IMAGE_DIGEST_MISMATCH',
    kind: 'policy',
    message: `${reference.host} sent other bytes for ${referenceText(reference)} than the digest names.`,
    hint: 'Nothing of it was used. Try again; if it stays, something between you and the registry changes what it sends.',
    details: { wanted, actual },
  });
}

function notFound(what: string, { host }: Repository, reason: string): Error {
  return registryError({
    code: 'IMAGE_NOT_FOUND',
    kind: 'refused',
    message: `There is no ${what}: ${reason}`,
    hint: `Check the name and the tag. If it is private, sign in with \`docker login ${host}\`.`,
    details: { image: what },
  });
}
