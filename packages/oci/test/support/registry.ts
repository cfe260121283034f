import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An OCI registry in this process, with everything on it that a test wants to see a client deal with. */
export interface TestRegistry {
  /** `127.0.0.1:40123`. */
  readonly host: string;
  /** Every request, oldest first: `GET /v2/team/app/manifests/1`. */
  readonly requests: { line: string; authorization: string | null }[];
  /** Puts a blob there; returns its digest. */
  blob(content: string | Buffer): string;
  /** Puts a manifest under a tag (`null` = under its digest only); returns the digest. */
  manifest(repository: string, tag: string | null, content: object): string;
  /** An image of one layer for each platform, as an index; returns its digest. */
  image(repository: string, tag: string, variant?: { platforms?: string[]; salt?: string }): string;
  /** Answers every request that `matches` with `answer` before anything else sees it. Returns what ends that. */
  intercept(
    matches: (line: string) => boolean,
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ): () => void;
  stop(): Promise<void>;
}

export interface TestRegistryOptions {
  /** Nobody else may read. */
  user?: { username: string; password: string };
  /** `token`: by a token service at `/token`. Default: HTTP basic authentication. */
  signIn?: 'basic' | 'token';
  /** Whether there is a referrers API. Default true. */
  referrers?: boolean;
  /** Tags per page whatever is asked for. */
  pageSize?: number;
}

interface Stored {
  type: string;
  content: Buffer;
}

export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const { user, signIn = 'basic', referrers = true, pageSize } = options;
  const manifests = new Map<string, Stored>();
  const blobs = new Map<string, Stored>();
  const requests: TestRegistry['requests'] = [];
  const intercepts: { matches: (line: string) => boolean; answer: (q: IncomingMessage, r: ServerResponse) => void }[] =
    [];

  const server = createServer((request, response) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    requests.push({ line, authorization: request.headers.authorization ?? null });
    const other = intercepts.find(({ matches }) => matches(line));
    if (other !== undefined) return other.answer(request, response);
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'x'}`);
    if (url.pathname === '/token') return token(request, response);
    if (user !== undefined && !admits(request)) {
      const challenge =
        signIn === 'basic'
          ? 'Basic realm="test"'
          : `Bearer realm="http://${String(request.headers.host)}/token",service="test",scope="repository:x:pull"`;
      response.setHeader('www-authenticate', challenge);
      return refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    }
    const [, repository = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.+)$/.exec(url.pathname) ?? [];
    if (kind === 'tags') return tags(repository, url, response);
    if (kind === 'referrers') {
      if (!referrers) return refuse(response, 404, 'NOT_FOUND', 'no such page');
      return send(response, { type: INDEX, content: Buffer.from(JSON.stringify(index(referring(repository, name)))) });
    }
    const found = kind === 'blobs' ? blobs.get(name) : manifests.get(`${repository}@${name}`);
    if (found === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    send(response, found);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  function admits({ headers }: IncomingMessage): boolean {
    return signIn === 'basic'
      ? headers.authorization === basicOf(user)
      : headers.authorization === `Bearer token-of-${user?.username ?? ''}`;
  }

  function token(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization !== basicOf(user)) return refuse(response, 401, 'UNAUTHORIZED', 'who are you');
    response.end(JSON.stringify({ token: `token-of-${user?.username ?? ''}` }));
  }

  function tags(repository: string, url: URL, response: ServerResponse): void {
    const all = [...manifests.keys()]
      .filter((key) => key.startsWith(`${repository}@`) && !key.includes('@sha256:'))
      .map((key) => key.slice(repository.length + 1))
      .sort();
    if (all.length === 0) return refuse(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry');
    const size = pageSize ?? Number(url.searchParams.get('n') ?? 100);
    const from = all.indexOf(url.searchParams.get('last') ?? '') + 1;
    const page = all.slice(from, from + size);
    if (from + size < all.length) {
      response.setHeader('link', `</v2/${repository}/tags/list?n=${size}&last=${String(page.at(-1))}>; rel="next"`);
    }
    response.end(JSON.stringify({ name: repository, tags: page }));
  }

  function referring(repository: string, digest: string): object[] {
    return [...manifests].flatMap(([key, { type, content }]) => {
      const { subject, artifactType, config } = JSON.parse(content.toString()) as {
        subject?: { digest: string };
        artifactType?: string;
        config?: { mediaType: string };
      };
      if (!key.startsWith(`${repository}@sha256:`) || subject?.digest !== digest) return [];
      return [{ ...descriptor(type, content), artifactType: artifactType ?? config?.mediaType }];
    });
  }

  const putBlob = (content: string | Buffer, type = 'application/octet-stream'): Descriptor => {
    const stored = { type, content: Buffer.from(content) };
    const put = descriptor(type, stored.content);
    blobs.set(put.digest, stored);
    return put;
  };
  const putManifest: TestRegistry['manifest'] = (repository, tag, content) => {
    const type = (content as { mediaType?: string }).mediaType ?? MANIFEST;
    const stored = { type, content: Buffer.from(JSON.stringify(content)) };
    const digest = digestOf(stored.content);
    for (const name of [tag, digest]) if (name !== null) manifests.set(`${repository}@${name}`, stored);
    return digest;
  };

  return {
    host,
    requests,
    blob: (content) => putBlob(content).digest,
    manifest: putManifest,
    image(repository, tag, { platforms = ['linux/amd64', 'linux/arm64'], salt = tag } = {}) {
      const variants = platforms.map((platform) => {
        const [os, architecture] = platform.split('/');
        const config = putBlob(JSON.stringify({ os, architecture, salt }), 'application/vnd.oci.image.config.v1+json');
        const layers = [putBlob(`layer of ${salt}`, 'application/vnd.oci.image.layer.v1.tar')];
        const content = { schemaVersion: 2, mediaType: MANIFEST, config, layers };
        putManifest(repository, null, content);
        return { ...descriptor(MANIFEST, Buffer.from(JSON.stringify(content))), platform: { os, architecture } };
      });
      return putManifest(repository, tag, index(variants));
    },
    intercept(matches, answer) {
      const one = { matches, answer };
      intercepts.unshift(one);
      return () => void intercepts.splice(intercepts.indexOf(one), 1);
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

function index(manifests: object[]): object {
  return { schemaVersion: 2, mediaType: INDEX, manifests };
}

function descriptor(mediaType: string, content: Buffer): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

function basicOf(user: TestRegistryOptions['user']): string {
  return `Basic ${Buffer.from(`${user?.username ?? ''}:${user?.password ?? ''}`).toString('base64')}`;
}

function send(response: ServerResponse, { type, content }: Stored): void {
  response.setHeader('content-type', type);
  response.setHeader('docker-content-digest', digestOf(content));
  response.end(content);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
