import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../clock.js';
import { invalidConfig } from '../config/invalid-config.js';
import { loadConfig, type ConfigSource, type LoadedConfig } from '../config/load.js';
import { IMAGE_EXAMPLE_HINT, parseImageReference } from '../image/reference.js';
import { resolveSecrets } from '../config/secrets/resolve-secrets.js';
import type { Clock } from '../model/context.js';
import type { Emit } from '../model/events.js';
import type { ConfigProblem } from '../model/problem.js';
import type { AskVault } from '../model/secrets.js';
import type { SourceReader } from '../model/source.js';
import type { EnvironmentSpec } from '../model/spec.js';
import { callProviderNow } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { createProviderRegistry, type ProviderRegistry } from '../provider/registry.js';
import { redactError } from '../redact/redacted.js';
import { createRedactor, type Redactor } from '../redact/redactor.js';
import { secretValues } from '../redact/secret-names.js';
import { homeDirectory } from '../home-directory.js';
import { defaultStateDir } from '../state/directory.js';
import { LOCK_FILE, readImageLock } from '../image/lock.js';
import type { ImagePolicy } from '../image/policy.js';
import { createEnvironment } from './create-environment.js';
import type { Environment } from './environment.js';
import { requireDeployable } from './planning.js';
import { createEmit, explainEnd } from './operation.js';
import { coreError } from '../model/core-error.js';

/** Everything that an environment may know of the outside. */
export interface OpenEnvironmentOptions {
  /**
   * A file, or the config itself; with `file` (absolute) what that file is going to say. Default: `sindri.yaml` in `cwd` or a
   * directory above.
   */
  config?: string | { text: string; fileName?: string; file?: string };
  /** Where relative paths start. Default: the directory of the process. */
  cwd?: string;
  /** The providers that the config may name: a registry, or simply provider objects. */
  providers: ProviderRegistry | Iterable<Provider>;
  /** Environment variables, usually `process.env`: for `${VAR}` in the config, for secrets, and for the provider. */
  env: Readonly<Record<string, string | undefined>>;
  /** Default: `defaultStateDir(env)`. */
  stateDir?: string;
  /**
   * Another `env` and `stateDir`, for a provider that is to be used somewhere else than usual, such as at a local emulator.
   * Called once, with the provider's name, and not at all for a config that cannot be used anywhere.
   */
  place?: (provider: string) => Promise<Place>;
  /** Rejects with what is wrong in the config for a deploy at once, instead of when one is planned. Default false. */
  deploys?: boolean;
  /** Hides secrets, here and wherever else the caller uses it. Default: a new one. It learns what is secret on the way. */
  redactor?: Redactor;
  /**
   * How images are found, verified and remembered, when a deploy is planned. Default: they are not, the provider gets what the config
   * says, and a config that wants an image verified is refused (`IMAGE_UNVERIFIABLE`).
   */
  images?: ImagePolicy;
  /** How git repositories are read when an image is built from source. Default: they are not, and such a deploy is refused (`SOURCE_UNREAD`). */
  sources?: SourceReader;
  /** A file with `NAME=value` lines that secrets are taken from instead of `.env.local` and `.env` beside the config. */
  envFile?: string;
  /** Reads secrets with the source `vault`. Default: nobody does, and a config with one is refused when a deploy is planned. */
  vault?: AskVault;
  /** What the caller wants otherwise than the file says. */
  overrides?: {
    /** An image reference instead of the file's, and instead of a build. */
    image?: string;
    /** Build the image from source, whatever the file says. Not together with `image`. */
    fromSource?: boolean;
  };
  /** Gets the events of every operation. */
  onEvent?: Emit;
  /** Ends every operation. */
  signal?: AbortSignal;
  clock?: Clock;
  /** A uniformly distributed number in [0, 1). Default: `Math.random`. */
  random?: () => number;
  /** An undici `Dispatcher` for all HTTP. */
  dispatcher?: object;
}

/** What of the outside a provider gets. */
export interface Place {
  env: Readonly<Record<string, string | undefined>>;
  stateDir: string;
  /** What people call the place, where that is not what the provider's title says: its local emulator. */
  title?: string;
}

/**
 * Opens the environment that a config describes: loads and judges the config, finds the provider. Sends nothing anywhere.
 *
 * Rejects with `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`, `CONFIG_INVALID` (with every problem in `details.problems`),
 * `PROVIDER_DUPLICATE`, `PROVIDER_API_VERSION` or `PROVIDER_BROKEN`.
 */
export async function openEnvironment(options: OpenEnvironmentOptions): Promise<Environment> {
  const { signal, onEvent } = options;
  const redactor = options.redactor ?? createRedactor();
  for (const value of secretValues(options.env)) redactor.add(value);
  try {
    signal?.throwIfAborted();
    const cwd = resolve(options.cwd ?? '.');
    let place: Partial<Place> & Pick<Place, 'env'> = options;
    const loaded = await loadConfig(toSource(options.config, cwd), {
      env: options.env,
      providers: toRegistry(options.providers),
      deploys: options.deploys,
      fromSource: options.overrides?.fromSource === true && options.overrides.image === undefined,
      async envFor(provider) {
        place = (await options.place?.(provider)) ?? place;
        return place.env;
      },
    });
    if (options.deploys === true) requireDeployable(loaded.spec, loaded.deployProblems);
    const { env } = place;
    const stateDir = resolve(cwd, place.stateDir ?? defaultStateDir(env));
    const { spec, warnings } = applyOverrides(loaded, options.overrides);
    hideSecrets(redactor, spec, place.env, loaded.provider);
    const emit = createEmit(redactor, [onEvent]);
    for (const problem of warnings) emit({ type: 'config.warning', problem });
    return createEnvironment({
      spec,
      provider: loaded.provider,
      ...(place.title === undefined ? {} : { title: place.title }),
      warnings,
      file: loaded.file,
      deployProblems: loaded.deployProblems,
      images: options.images === undefined ? null : withLock(options.images, loaded.file),
      sources: options.sources ?? null,
      resolveSecrets: (stop, { lenient = false } = {}) =>
        resolveSecrets(spec, {
          env,
          homeDir: homeDirectory(env),
          requiredSecrets: loaded.provider.requiredSecrets,
          files: loaded.provider.secretFiles === true,
          hide: (value) => redactor.add(value),
          lenient,
          signal: stop,
          ...(options.vault === undefined ? {} : { vault: options.vault }),
          ...(options.envFile === undefined ? {} : { envFile: resolve(cwd, options.envFile) }),
        }),
      host: {
        environment: spec.name,
        provider: loaded.provider.name,
        redactor,
        env,
        stateDir,
        clock: options.clock ?? systemClock,
        random: options.random ?? Math.random,
        ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
        ...(onEvent === undefined ? {} : { onEvent }),
        ...(signal === undefined ? {} : { signal }),
      },
    });
  } catch (error) {
    throw redactError(redactor, explainEnd(error, signal ?? new AbortController().signal));
  }
}

/** What is remembered of images is beside the config, to be committed with it. */
function withLock(images: ImagePolicy, file: string | null): ImagePolicy {
  return file === null ? images : { lock: () => readImageLock(join(dirname(file), LOCK_FILE)), ...images };
}

function toSource(config: OpenEnvironmentOptions['config'], cwd: string): ConfigSource {
  if (config === undefined) return { cwd };
  return typeof config === 'string' ? { path: config, cwd } : { ...config, cwd };
}

function toRegistry(providers: ProviderRegistry | Iterable<Provider>): ProviderRegistry {
  return Symbol.iterator in providers ? createProviderRegistry(providers) : providers;
}

/** The provider judges what will really be deployed, hence again after an override. */
function applyOverrides(
  { spec, warnings, provider }: LoadedConfig,
  overrides: OpenEnvironmentOptions['overrides'],
): { spec: EnvironmentSpec; warnings: ConfigProblem[] } {
  const reference = overrides?.image;
  if (reference === undefined) return { spec, warnings };
  const parsed =
    /\s/.test(reference) || reference === '' ? { problem: 'is no image reference' } : parseImageReference(reference);
  if ('problem' in parsed) {
    throw coreError({
      code: 'CONFIG_INVALID',
      kind: 'usage',
      message: `The image ${parsed.problem}, got ${JSON.stringify(reference)}.`,
      hint: IMAGE_EXAMPLE_HINT,
      details: { problems: [] },
    });
  }
  const { buildFromSource: _built, ...rest } = spec;
  const { pullPolicy = null, verification } = spec.image ?? {};
  const image = { reference, request: null, pullPolicy };
  // Another image is no way around a verification that the config wants.
  const changed = { ...rest, image: verification === undefined ? image : { ...image, verification } };
  const problems = callProviderNow(provider, 'validate', () => provider.validate?.(changed) ?? []);
  const known = new Set(warnings.map(({ code, path }) => `${code} ${path}`));
  const fresh = problems.filter(({ code, path }) => !known.has(`${code} ${path}`));
  if (fresh.every(({ severity }) => severity !== 'error')) return { spec: changed, warnings: [...warnings, ...fresh] };
  throw invalidConfig(`With the image ${reference} the config`, fresh);
}

/** The config's own secrets have names of their own; those that are variables are known from the start. */
function hideSecrets(
  redactor: Redactor,
  { secrets }: EnvironmentSpec,
  env: Place['env'],
  { secretPatterns = [] }: Provider,
): void {
  for (const value of secretValues(env)) redactor.add(value);
  for (const { name, source } of secrets) if (source === 'env') redactor.add(env[name]);
  for (const pattern of secretPatterns) redactor.addPattern(pattern);
}
