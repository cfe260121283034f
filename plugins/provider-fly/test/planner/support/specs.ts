import type { GpuSpec, ImageRequest, SecretSpec } from '@sindri/core';
import type { FlySpec } from '../../../src/model.js';
import { defaultOptions, type FlyOptions } from '../../../src/planner/desired/options.js';

export interface SpecDraft {
  name?: string;
  image?: string;
  request?: Partial<ImageRequest>;
  pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  distro?: 'ubuntu' | 'fedora' | 'opensuse';
  /** The git ref of a source build. */
  source?: string;
  memoryMb?: number;
  cpus?: number;
  gpu?: Partial<GpuSpec>;
  sizeGb?: number;
  path?: string;
  profile?: string | null;
  active?: string[];
  additional?: string[];
  autoInstall?: boolean;
  secrets?: (string | (Partial<SecretSpec> & { name: string }))[];
  fly?: Partial<FlyOptions>;
  /** Paths that the file holds; those of `fly` are added by themselves. */
  origins?: string[];
}

/** A spec as core hands it over: defaults filled in, origins for what the file holds. */
export function spec(draft: SpecDraft = {}): FlySpec {
  const paths = [...Object.keys(draft.fly ?? {}).map((key) => `providers.fly.${key}`), ...(draft.origins ?? [])];
  return {
    name: draft.name ?? 'my-sindri',
    provider: 'fly',
    image:
      draft.image === undefined && draft.request === undefined
        ? null
        : {
            reference: draft.image ?? null,
            request:
              draft.request === undefined
                ? null
                : {
                    registry: 'ghcr.io/pacphi/sindri',
                    version: null,
                    strategy: 'semver',
                    allowPrerelease: false,
                    verifySignature: true,
                    verifyProvenance: true,
                    certificateIdentity: null,
                    certificateOidcIssuer: null,
                    ...draft.request,
                  },
            pullPolicy: draft.pullPolicy ?? null,
          },
    ...(draft.distro === undefined ? {} : { distro: draft.distro }),
    ...(draft.source === undefined
      ? {}
      : {
          buildFromSource: { gitRef: draft.source, repository: 'https://git.example/a.git', dockerfile: 'Dockerfile' },
        }),
    resources: {
      memoryMb: draft.memoryMb ?? null,
      cpus: draft.cpus ?? null,
      gpu: draft.gpu === undefined ? null : { tier: null, type: 'nvidia', count: 1, memoryMb: null, ...draft.gpu },
    },
    workspace: { sizeGb: draft.sizeGb ?? null, path: draft.path ?? null },
    extensions: {
      profile: draft.profile === undefined ? 'fullstack' : draft.profile,
      active: draft.active ?? [],
      additional: draft.additional ?? [],
      autoInstall: draft.autoInstall ?? true,
    },
    secrets: (draft.secrets ?? []).map((secret) => ({
      source: 'env',
      required: false,
      settings: {},
      ...(typeof secret === 'string' ? { name: secret } : secret),
    })),
    options: { ...defaultOptions, ...draft.fly },
    origins: Object.fromEntries(
      paths.map((path, index) => [path, { file: 'sindri.yaml', line: index + 1, column: 3 }]),
    ),
    baseDir: '/project',
  };
}

/** The samples of the seed document, as core reads them. */
export const seedSamples: Record<string, FlySpec> = {
  'Quick Start': spec({ name: 'my-sindri-fly', memoryMb: 4096, cpus: 2, sizeGb: 30 }),
  Basic: spec({ name: 'sindri-fly', memoryMb: 2048, cpus: 1, fly: { region: 'sjc' } }),
  Advanced: spec({
    name: 'sindri-prod',
    memoryMb: 8192,
    cpus: 4,
    sizeGb: 100,
    profile: 'enterprise',
    fly: { region: 'sjc', organization: 'my-org', cpuKind: 'performance', highAvailability: false },
  }),
  GPU: spec({ memoryMb: 32768, cpus: 8, gpu: { tier: 'gpu-medium' }, fly: { region: 'ord' } }),
  'image override': spec({ image: 'ghcr.io/pacphi/sindri:3.0.0' }),
  'version resolution': spec({
    request: { version: '^3.0.0' },
    origins: ['deployment.image_config.version', 'deployment.image_config.verify_signature'],
  }),
  CI: spec({ image: 'ghcr.io/myorg/app:0a1b2c3d', profile: null }),
};
