import type { ConfigProblem, Provider } from '@sindri/core';
import { SindriError } from '@sindri/core';
import type { ConfigLoader } from '../config-loader.js';
import { smallestConfig } from '../pure-bench.js';
import type { ChangedConfig } from '../subject.js';

/** A `sindri.yaml` for a provider of which nothing is known, and others that want something else. */
export interface SampleConfigs {
  config: string;
  changedConfig: ChangedConfig[];
}

/** Sizes that a config may name: the one to begin with, and another one that an update may lead to. */
const SIZES = {
  memory: ['1GB', '2GB'],
  cpus: ['1', '2'],
  volume: ['10GB', '20GB'],
} as const;

type SizeName = keyof typeof SIZES;
type Sizes = Partial<Record<SizeName, string>>;

/**
 * The smallest config with as many sizes as the provider accepts, and that config with one other size each. Rejects with
 * `CONFIG_INVALID` when the provider accepts not even a config without any option.
 */
export async function sampleConfigs(
  provider: Provider,
  loader: ConfigLoader,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SampleConfigs> {
  const load = (sizes: Sizes) => loader(provider, sampleConfig(provider, sizes), env);
  const accepts = async (sizes: Sizes): Promise<boolean> => (await load(sizes)).spec !== null;

  const { spec, problems } = await load({});
  if (spec === null) throw refused(provider, problems);
  let sizes: Sizes = {};
  for (const [name, [size]] of entries()) {
    if (await accepts({ ...sizes, [name]: size })) sizes = { ...sizes, [name]: size };
  }
  const changedConfig: ChangedConfig[] = [];
  for (const [name, [, other]] of entries()) {
    const changed = { ...sizes, [name]: other };
    if (sizes[name] === undefined || !(await accepts(changed))) continue;
    changedConfig.push({ config: sampleConfig(provider, changed), guessed: true });
  }
  return { config: sampleConfig(provider, sizes), changedConfig };
}

function entries(): [SizeName, readonly [string, string]][] {
  return Object.entries(SIZES) as [SizeName, readonly [string, string]][];
}

function sampleConfig(provider: Provider, { memory, cpus, volume }: Sizes): string {
  const image = provider.sample?.image;
  const sizes = [
    ...(image === undefined ? [] : [`  image: ${image}`]),
    ...(memory === undefined && cpus === undefined ? [] : ['  resources:']),
    ...(memory === undefined ? [] : [`    memory: ${memory}`]),
    ...(cpus === undefined ? [] : [`    cpus: ${cpus}`]),
    ...(volume === undefined ? [] : ['  volumes:', '    workspace:', `      size: ${volume}`]),
  ];
  const line = `  provider: ${provider.name}\n`;
  return smallestConfig(provider).replace(line, () => `${line}${sizes.map((size) => `${size}\n`).join('')}`);
}

function refused({ name }: Provider, problems: readonly ConfigProblem[]): SindriError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return new SindriError({
    code: 'CONFIG_INVALID',
    kind: 'usage',
    message: `The provider "${name}" accepts no config without options: ${errors.map(({ message }) => message).join(' ')}`,
    hint: 'Only a conformance subject of its package knows one that it accepts.',
    details: { problems: errors.map(({ code, path, message }) => ({ code, path, message })) },
  });
}
