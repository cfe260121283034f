import type { GpuSpec, JsonObject } from '@sindri/core';
import { defaultWorkspacePath, isUnderHome, sshPort as imageSshPort } from '@sindri/image-contract';
import type { FlySpec } from '../../model.js';
import { defaultOptions, type FlyOptions } from '../desired/options.js';
import { gpuTiers, type GpuTierName } from '../hardware/gpu.js';
import { fromWireGuest } from '../hardware/guest.js';
import { asMap } from '../observed/json-maps.js';
import { secretFiles, type SecretFile } from './secret-files.js';
import { publishedPort, publishedTlsPort, serviceOf } from '../observed/published-port.js';
import { memoryText } from '../words.js';
import type { FoundOnFly } from './found-on-fly.js';

/** What of a machine a config can say. */
export interface ImportedSettings {
  /** Empty = the file says none. */
  name: string;
  image: string | null;
  memoryMb: number | null;
  cpus: number | null;
  gpu: GpuTierName | null;
  sizeGb: number | null;
  path: string | null;
  extensions: FlySpec['extensions'];
  /** With the file that a secret is inside, `null` for a variable. */
  secrets: { name: string; file: SecretFile | null }[];
  /** Only those that differ from what holds without them; the region always. */
  options: Partial<FlyOptions>;
}

/** Reads back from a machine what a config has made of it, or would have. */
export function settingsFrom(found: FoundOnFly): ImportedSettings {
  const { config, volume } = found;
  const guest = fromWireGuest(config['guest']);
  const gpu = guest?.gpu ?? null;
  const tier = gpu === null || guest === null ? null : tierOf(gpu.kind, guest.cpus, guest.memoryMb);
  const env = asMap(config['env']);
  const text = (name: string): string | null => {
    const value = env[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const list = (name: string): string[] =>
    text(name)
      ?.split(',')
      .filter((item) => item !== '') ?? [];
  const path = text('WORKSPACE');
  const files = secretFiles(config, found.secrets);
  const image = config['image'];
  return {
    name: found.app,
    image: typeof image === 'string' && image !== '' ? image : null,
    // A tier brings its own size.
    memoryMb: tier === null ? (guest?.memoryMb ?? null) : null,
    cpus: tier === null ? (guest?.cpus ?? null) : null,
    gpu: tier,
    sizeGb: volume?.sizeGb ?? null,
    path: path === null || path === defaultWorkspacePath || !isUnderHome(path) ? null : path,
    extensions: {
      profile: text('INSTALL_PROFILE'),
      active: list('CUSTOM_EXTENSIONS'),
      additional: list('ADDITIONAL_EXTENSIONS'),
      autoInstall: text('SKIP_AUTO_INSTALL') !== 'true',
    },
    secrets: found.secrets.map((secret) => ({ name: secret, file: files.get(secret) ?? null })),
    options: optionsFrom(found),
  };
}

function optionsFrom(read: FoundOnFly): Partial<FlyOptions> {
  const { config, region, organization, volume, dedicatedIpv4, hasSecond = false } = read;
  const service = serviceOf(config, imageSshPort);
  const autostop = service['autostop'];
  const port = publishedPort(config, imageSshPort);
  const tlsPort = publishedTlsPort(config, imageSshPort);
  const found: Partial<FlyOptions> = {
    cpuKind: fromWireGuest(config['guest'])?.cpuKind ?? defaultOptions.cpuKind,
    autoStopMachines: autostop !== undefined && autostop !== null && autostop !== false && autostop !== 'off',
    autoStartMachines: service['autostart'] === true,
    ...(port === null ? {} : { sshPort: port }),
    ...(tlsPort === null ? {} : { sshTlsPort: tlsPort }),
    ...(organization === null ? {} : { organization }),
    ...(dedicatedIpv4 ? { dedicatedIpv4 } : {}),
    ...(hasSecond ? { highAvailability: true } : {}),
    ...(volume === null || volume.snapshotRetention === null ? {} : { snapshotRetention: volume.snapshotRetention }),
  };
  // With a GPU the kind follows from the tier; a machine without our service has said nothing about idling.
  const unsaid = new Set<string>([
    ...(asMap(config['guest'])['gpu_kind'] ? ['cpuKind'] : []),
    ...(Object.keys(service).length === 0 ? ['autoStopMachines', 'autoStartMachines'] : []),
  ]);
  const said = Object.entries(found).filter(
    ([key, value]) => !unsaid.has(key) && value !== defaultOptions[key as keyof FlyOptions],
  );
  return { ...(region === null ? {} : { region }), ...Object.fromEntries(said) };
}

function tierOf(kind: string, cpus: number, memoryMb: number): GpuTierName | null {
  const names = Object.keys(gpuTiers) as GpuTierName[];
  const ofKind = names.filter((name) => gpuTiers[name].kind === kind);
  const exact = ofKind.find((name) => gpuTiers[name].cpus === cpus && gpuTiers[name].memoryMb === memoryMb);
  return exact ?? ofKind[0] ?? null;
}

/** As a sindri.yaml says it. */
export function toDocument(settings: ImportedSettings): JsonObject {
  const { name, image, memoryMb, cpus, gpu, sizeGb, path, extensions, secrets, options } = settings;
  const { profile, active, additional, autoInstall } = extensions;
  const resources = {
    ...(memoryMb === null ? {} : { memory: memoryText(memoryMb).replace(' ', '') }),
    ...(cpus === null ? {} : { cpus }),
    ...(gpu === null ? {} : { gpu: { enabled: true, tier: gpu } }),
  };
  const workspace = {
    ...(sizeGb === null ? {} : { size: `${sizeGb}GB` }),
    ...(path === null ? {} : { path }),
  };
  const installed = {
    ...(profile === null ? {} : { profile }),
    ...(active.length === 0 ? {} : { active }),
    ...(additional.length === 0 ? {} : { additional }),
    ...(autoInstall ? {} : { autoInstall }),
  };
  return {
    ...(name === '' ? {} : { name }),
    deployment: {
      provider: 'fly',
      ...(image === null ? {} : { image }),
      ...(isEmpty(resources) ? {} : { resources }),
      ...(isEmpty(workspace) ? {} : { volumes: { workspace } }),
    },
    ...(isEmpty(installed) ? {} : { extensions: installed }),
    ...(secrets.length === 0 ? {} : { secrets: secrets.map(toEntry) }),
    ...(isEmpty(options) ? {} : { providers: { fly: { ...options } } }),
  };
}

function toEntry({ name, file }: ImportedSettings['secrets'][number]): JsonObject {
  if (file === null) return { name, source: 'env', required: false };
  // The content is not here: while there is no such file, what is set stays. So it must be one that nobody has by chance.
  const path = `./.sindri/secrets/${name}`;
  const { mountPath, mode } = file;
  return {
    name,
    source: 'file',
    path,
    mountPath,
    permissions: `0${mode.toString(8).padStart(3, '0')}`,
    required: false,
  };
}

/** As core hands it over, for a comparison with what it was made of. */
export function toSpec(settings: ImportedSettings): FlySpec {
  const { name, image, memoryMb, cpus, gpu, sizeGb, path, extensions, secrets, options } = settings;
  const gpuSpec: GpuSpec | null = gpu === null ? null : { tier: gpu, type: 'nvidia', count: 1, memoryMb: null };
  const position = { file: 'sindri.yaml', line: 1, column: 1 };
  return {
    name,
    provider: 'fly',
    image: image === null ? null : { reference: image, request: null, pullPolicy: null },
    resources: { memoryMb, cpus, gpu: gpuSpec },
    workspace: { sizeGb, path },
    extensions,
    secrets: secrets.map(({ name: secret, file }) => ({
      name: secret,
      source: file === null ? 'env' : 'file',
      required: false,
      settings: {},
      ...(file === null ? {} : { file }),
    })),
    options: { ...defaultOptions, ...options },
    origins: Object.fromEntries(Object.keys(options).map((key) => [`providers.fly.${key}`, position])),
    baseDir: '/',
  };
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
