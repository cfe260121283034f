// Which image a range of versions leads to, in a repository with thousands of tags: what `plan` waits for before anything else.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { product } from '../scripts/product/make.mjs';
import { median } from './median.mjs';

const cli = path.join(product, 'bin/run.js');
const rounds = 5;
const sizes = [50, 5000];
/** As Docker Hub and GitHub answer at most. */
const tagsPerPage = 1000;
const repository = 'acme/sindri';

export async function measureImages() {
  const rows = [];
  const base = mkdtempSync(path.join(tmpdir(), 'sindri-bench-'));
  try {
    for (const size of sizes) {
      const registry = await startRegistry(size);
      writeFileSync(path.join(base, 'sindri.yaml'), config(registry.host));
      const times = [];
      // The first one warms the file cache, and the code that is kept between runs.
      for (let round = 0; round <= rounds; round += 1) times.push(await resolve(base, registry.newest));
      rows.push({
        what: `image resolve, ${size} tags in the repository`,
        measured: `${Math.round(median(times.slice(1)))} ms, ${registry.requests() / times.length} requests`,
        target: null,
        ok: null,
      });
      registry.close();
    }
    return rows;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function resolve(cwd, newest) {
  const { PATH, SystemRoot } = process.env;
  const start = performance.now();
  const child = spawn(process.execPath, [cli, 'image', 'resolve', '--json'], {
    cwd,
    env: { PATH, SystemRoot, HOME: cwd },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  const ms = performance.now() - start;
  if (code !== 0 || !text.includes(newest)) throw new Error(`image resolve ended with ${code}: ${text}`);
  return ms;
}

/** A registry with one repository, whose tags come in pages, in the order of their names. */
async function startRegistry(size) {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: ['amd64', 'arm64'].map((architecture) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${createHash('sha256').update(architecture).digest('hex')}`,
      size: 500,
      platform: { os: 'linux', architecture },
    })),
  });
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  const versions = Array.from({ length: size }, (_, index) => `3.${Math.floor(index / 100)}.${index % 100}`);
  const tags = [...versions].sort();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const url = new URL(request.url, 'http://registry');
    if (url.pathname === `/v2/${repository}/tags/list`) {
      const from = tags.indexOf(url.searchParams.get('last')) + 1;
      const page = tags.slice(from, from + Math.min(tagsPerPage, Number(url.searchParams.get('n') ?? tagsPerPage)));
      if (from + page.length < tags.length)
        response.setHeader('link', `</v2/${repository}/tags/list?last=${page.at(-1)}&n=${page.length}>; rel="next"`);
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ name: repository, tags: page }));
    } else if (url.pathname.startsWith(`/v2/${repository}/manifests/`)) {
      response.setHeader('content-type', 'application/vnd.oci.image.index.v1+json');
      response.setHeader('docker-content-digest', digest).end(request.method === 'HEAD' ? undefined : manifest);
    } else response.writeHead(url.pathname === '/v2/' ? 200 : 404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${server.address().port}`,
    newest: versions.at(-1),
    requests: () => requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const config = (host) => `version: '1.0'
name: images
deployment:
  provider: fly
  image_config:
    registry: ${host}/${repository}
    version: '^3.0.0'
    verify_signature: false
    verify_provenance: false
`;
