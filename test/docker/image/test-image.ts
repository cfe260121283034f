import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineApi } from '../engine/engine-api.js';
import { layRootFilesystem } from './root-filesystem.js';

/** What differs between two images of one root file system. */
export interface ImageVariant {
  env?: readonly string[];
  /** Default: the boot script of a Sindri image. */
  entrypoint?: readonly string[];
  /** Default: the port of its SSH server. */
  ports?: readonly string[];
}

export const testRepository = 'sindri-test';

/** Tags of {@link testRepository}; `crash` writes three lines and ends with 3, `sleep` is nothing of Sindri's. */
export const testImages: Readonly<Record<'1' | '2' | 'crash' | 'sleep', ImageVariant>> = {
  '1': { env: ['SINDRI_TEST_IMAGE=1'] },
  '2': { env: ['SINDRI_TEST_IMAGE=2'] },
  crash: {
    entrypoint: ['/bin/sh', '-c', 'echo reading the settings; echo no room for them; echo giving up >&2; exit 3'],
  },
  sleep: { entrypoint: ['sleep', '3600'], ports: [] },
};

/** An image's config as Docker writes it, without its file systems. */
export function imageConfig({
  env = [],
  entrypoint = ['/docker/scripts/entrypoint.sh'],
  ports = ['2222/tcp'],
}: ImageVariant): object {
  return {
    Entrypoint: entrypoint,
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env],
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    WorkingDir: '/tmp',
  };
}

/** The root file system as a tar of about 20 MB, the same bytes each time; made once in a test run. */
export function rootTar(): Buffer {
  const directory = mkdtempSync(path.join(tmpdir(), 'sindri-image-'));
  const kept = path.join(process.env.SINDRI_TEST_ENGINE ?? directory, 'root.tar');
  try {
    if (!existsSync(kept)) {
      const root = path.join(directory, 'root');
      const tar = path.join(directory, 'new.tar');
      layRootFilesystem(root);
      const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
      execFileSync('tar', [...same, '-cf', tar, '-C', root, '.']);
      // In one step: another worker may make it at the same time.
      renameSync(tar, kept);
    }
    return readFileSync(kept);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Imports every test image that an engine does not have: `sindri-test:1` and the others of {@link testImages}. */
export async function importTestImages(api: EngineApi): Promise<void> {
  const images = await api.call<{ RepoTags: string[] | null }[]>('GET', '/images/json');
  const there = images.flatMap(({ RepoTags }) => RepoTags ?? []);
  for (const [tag, variant] of Object.entries(testImages)) {
    if (!there.some((name) => name.endsWith(`${testRepository}:${tag}`)))
      await importImage(api, testRepository, tag, variant);
  }
}

async function importImage(api: EngineApi, repository: string, tag: string, variant: ImageVariant): Promise<void> {
  const config = imageConfig(variant) as Record<string, unknown>;
  const changes = [
    `ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`,
    ...(config.Env as string[]).map((line) => `ENV ${line}`),
    ...Object.keys(config.ExposedPorts as object).map((port) => `EXPOSE ${port}`),
    `WORKDIR ${String(config.WorkingDir)}`,
  ];
  const query = new URLSearchParams({ fromSrc: '-' });
  for (const change of changes) query.append('changes', change);
  const answer = await api.call<unknown>('POST', `/images/create?${query.toString()}`, { body: rootTar() });
  const id = /sha256:[0-9a-f]{64}/.exec(JSON.stringify(answer))?.[0];
  if (id === undefined) throw new Error(`the image is not imported: ${JSON.stringify(answer)}`);
  // Podman takes no tag with an import.
  await api.call('POST', `/images/${id}/tag?repo=${repository}&tag=${tag}`);
  // What `config init` writes names the default image, which nobody can pull here.
  if (tag === '1') await api.call('POST', `/images/${id}/tag?repo=ghcr.io/pacphi/sindri&tag=3`);
}
