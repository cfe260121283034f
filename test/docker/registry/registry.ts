import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { imageConfig, rootTar, type ImageVariant } from '../image/test-image.js';

const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG_TYPE = 'application/vnd.docker.container.image.v1+json';
const LAYER_TYPE = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** A registry on a loopback port, which an engine may use without TLS. */
export interface TestRegistry {
  /** `127.0.0.1:40123`. */
  readonly address: string;
  /** `127.0.0.1:40123/team/sindri:1`. */
  reference(repository: string, tag: string): string;
  /** Puts an image under `repository:tag`; the former one stays there under its digest. Returns the digest. */
  publish(repository: string, tag: string, variant: ImageVariant): string;
  /** `GET /v2/team/sindri/manifests/1`, oldest first. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Who may pull. */
export interface RegistryCredentials {
  username: string;
  password: string;
}

interface Stored {
  type: string;
  content: Buffer;
}

/** Starts an OCI registry that one can only pull from; with `credentials` nobody else can (HTTP basic authentication). */
export async function startRegistry(credentials?: RegistryCredentials): Promise<TestRegistry> {
  const manifests = new Map<string, Stored>();
  const blobs = new Map<string, Stored>();
  const requests: string[] = [];
  const layer = { type: LAYER_TYPE, content: gzipSync(rootTar(), { level: 1 }) };
  // The time in the header (RFC 1952, section 2.3.1): a layer that no engine has met under this digest, so that its bytes are fetched.
  randomFillSync(layer.content, 4, 4);
  const diffId = digestOf(rootTar());

  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (!admits(request, credentials)) {
      response.setHeader('www-authenticate', 'Basic realm="sindri-test"');
      return refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    }
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    if (kind === undefined) return void response.end('{}');
    const found = kind === 'blobs' ? blobs.get(name) : manifests.get(`${repository}@${name}`);
    if (found === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    response.setHeader('content-type', found.type);
    response.setHeader('content-length', found.content.length);
    response.setHeader('docker-content-digest', digestOf(found.content));
    response.end(request.method === 'HEAD' ? undefined : found.content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  const store = (stored: Stored): { mediaType: string; size: number; digest: string } => {
    const digest = digestOf(stored.content);
    blobs.set(digest, stored);
    return { mediaType: stored.type, size: stored.content.length, digest };
  };

  return {
    address,
    requests,
    reference: (repository, tag) => `${address}/${repository}:${tag}`,
    publish(repository, tag, variant) {
      const config = {
        architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
        os: 'linux',
        created: '1970-01-01T00:00:00Z',
        config: imageConfig(variant),
        rootfs: { type: 'layers', diff_ids: [diffId] },
        history: [{ created: '1970-01-01T00:00:00Z', comment: 'sindri test image' }],
      };
      const manifest = {
        schemaVersion: 2,
        mediaType: MANIFEST_TYPE,
        config: store({ type: CONFIG_TYPE, content: Buffer.from(JSON.stringify(config)) }),
        layers: [store(layer)],
      };
      const stored = { type: MANIFEST_TYPE, content: Buffer.from(JSON.stringify(manifest)) };
      const digest = digestOf(stored.content);
      for (const name of [tag, digest]) manifests.set(`${repository}@${name}`, stored);
      return digest;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function admits({ headers }: IncomingMessage, credentials: RegistryCredentials | undefined): boolean {
  if (credentials === undefined) return true;
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return headers.authorization === `Basic ${pair}`;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
