import { afterOrSoon, type EmulatorClock } from '../clock.js';
import { pushImage, REGISTRY_HOST } from '../platform/image-registry.js';
import { reachesApp } from '../rest/access.js';
import type { BootRequest, MachineExit, MachineInstance, MachineRuntime } from '../runtime/machine-runtime.js';
import type { Store } from '../store.js';
import type { TokenStore } from '../tokens.js';
import { readBuildCommand, type BuildCommand } from './build-command.js';
import { checkDockerfile } from './dockerfile.js';
import { fetchSource } from './fetch-source.js';

export interface BuilderDeps {
  clock: EmulatorClock;
  store: Store;
  tokens: TokenStore;
  /** How long a build takes, beside fetching the source. */
  buildMs: number;
}

/**
 * A runtime that also has builders: machines that run BuildKit once. They fetch the source for real, read the Dockerfile, run nothing of it,
 * and push an image without layers into the registry of this emulator. See FIDELITY.md.
 */
export function withBuilders(runtime: MachineRuntime, deps: BuilderDeps): MachineRuntime {
  return {
    ...runtime,
    async boot(request) {
      const command = readBuildCommand(request.config);
      return command === null ? runtime.boot(request) : bootBuilder(request, command, deps);
    },
  };
}

/** What a build ends with, in BuildKit's words. */
class BuildFailure extends Error {}

function bootBuilder(
  request: BootRequest,
  command: BuildCommand | 'unsupported',
  { clock, ...deps }: BuilderDeps,
): MachineInstance {
  const ending = new AbortController();
  let over = false;
  const end = (exit: MachineExit): void => {
    if (over) return;
    over = true;
    ending.abort();
    cancelLimit();
    request.onExit(exit);
  };
  const exitWith = (code: number): void => end({ code, signal: -1, oomKilled: false });
  const limitMs = command === 'unsupported' ? null : command.limitMs;
  const cancelLimit = limitMs === null ? () => undefined : clock.after(limitMs, () => exitWith(143));
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void afterOrSoon(clock, ms, resolve));
  const start = async (): Promise<void> => {
    try {
      if (command === 'unsupported') throw new BuildFailure('the local emulator cannot pretend this build');
      await build(command, request, { ...deps, wait, signal: ending.signal });
      exitWith(0);
    } catch (error) {
      if (over) return;
      request.log(`error: failed to solve: ${error instanceof Error ? error.message : String(error)}`, 'error');
      exitWith(1);
    }
  };
  // A machine has booted before its program has ended.
  setImmediate(() => void start());

  const refused = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  return {
    exec: () => Promise.resolve({ exit_code: 127, exit_signal: 0, stdout: '', stderr: 'sh: not found\n' }),
    ps: () =>
      Promise.resolve([
        { pid: 641, stime: 1, rtime: 1, command: 'buildctl', directory: '/', cpu: 0, rss: 4096, listen_sockets: [] },
      ]),
    async signal(name) {
      if (['KILL', 'TERM', 'INT'].includes(name))
        end({ code: name === 'KILL' ? 137 : 143, signal: -1, oomKilled: false });
    },
    freeze: async () => undefined,
    thaw: async () => undefined,
    async stop({ signal }) {
      const killed = signal.replace(/^SIG/, '') === 'KILL';
      end({ code: killed ? 137 : 143, signal: killed ? 9 : -1, oomKilled: false });
    },
    connect: refused,
    connectConsole: refused,
  };
}

async function build(
  { repository, commit, dockerfile, reference, secrets }: BuildCommand,
  { log, config, app: ownApp }: BootRequest,
  {
    store,
    tokens,
    buildMs,
    wait,
    signal,
  }: Omit<BuilderDeps, 'clock'> & { wait(ms: number): Promise<void>; signal: AbortSignal },
): Promise<void> {
  const file = (path: string): string | null => {
    const raw = config.files?.find(({ guest_path }) => guest_path === path)?.raw_value;
    return raw === undefined ? null : Buffer.from(raw, 'base64').toString();
  };
  log(`#1 [internal] load git source ${repository}#${commit}`);
  const token = file(secrets[`GIT_AUTH_TOKEN.${new URL(repository).host}`] ?? '');
  const text = await fetchSource({ repository, commit, file: dockerfile, token, signal }).catch((error: Error) => {
    throw new BuildFailure(`failed to fetch remote ${repository}: ${error.message}`);
  });
  log('#1 DONE');
  log(`#2 [internal] load build definition from ${dockerfile}`);
  if (text === null) throw new BuildFailure(`failed to read dockerfile: open ${dockerfile}: no such file or directory`);
  const checked = checkDockerfile(text);
  if ('problem' in checked) throw new BuildFailure(checked.problem);
  log(`#2 DONE: the local emulator runs none of its ${checked.instructions} instructions`);
  await wait(buildMs);
  if (signal.aborted) return;

  log('#3 exporting to image');
  const [, host = '', name = '', tag = ''] = /^([^/]+)\/([^:]+):(.+)$/.exec(reference) ?? [];
  const app = store.app(name);
  const known = tokens.authenticate(passwordFor(host, file(`${config.env?.DOCKER_CONFIG ?? ''}/config.json`)));
  const mayPush = app !== undefined && known.some((one) => reachesApp(one, app, true));
  if (host !== REGISTRY_HOST || !mayPush) {
    throw new BuildFailure(`failed to push ${reference}: unexpected status from PUT request: 401 Unauthorized`);
  }
  // A builder is part of its app, and ends with it.
  if (store.app(ownApp) === undefined) return;
  const digest = pushImage(store, app, tag, { source: repository, commit, dockerfile: text });
  log(`#3 pushing manifest for ${reference}@${digest}`);
  log('#3 DONE');
}

/** The password of a host in Docker's config. */
function passwordFor(host: string, config: string | null): string | undefined {
  try {
    const { auths } = JSON.parse(config ?? '{}') as { auths?: Record<string, { auth?: string }> };
    const text = Buffer.from(auths?.[host]?.auth ?? '', 'base64').toString();
    return text.slice(text.indexOf(':') + 1);
  } catch {
    return undefined;
  }
}
