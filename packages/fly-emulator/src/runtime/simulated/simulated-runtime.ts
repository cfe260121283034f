import type { EmulatorClock } from '../../clock.js';
import type { BootRequest, MachineRuntime } from '../machine-runtime.js';
import type { HostKey } from '../ssh/host-key.js';
import { deriveHostKey } from '../ssh/derived-host-key.js';
import { createScriptFiles } from './script-files.js';
import { createSimulatedMachine } from './simulated-machine.js';

const DEFAULT_HOME = '/alt/home/developer';

export interface SimulatedRuntimeOptions {
  clock: EmulatorClock;
  /** How long the image's installation of extensions takes. */
  installMs: number;
  /** Source of all host keys. */
  hostKeySeed: string;
  /** Remembers which volume a copied volume has its host key from. Kept by the caller, so that it can survive. */
  origins: Record<string, string>;
  onOriginsChange(volumeId: string): void;
}

/** Machines that boot at once and answer from a script. */
export function createSimulatedRuntime(options: SimulatedRuntimeOptions): MachineRuntime {
  const { clock, installMs, hostKeySeed, origins } = options;
  const volumes = new Map<string, Map<string, Buffer>>();
  const roots = new Map<string, Map<string, Buffer>>();
  const filesOf = (table: Map<string, Map<string, Buffer>>, id: string): Map<string, Buffer> => {
    const files = table.get(id) ?? new Map<string, Buffer>();
    table.set(id, files);
    return files;
  };
  const origin = (volumeId: string): string =>
    Object.hasOwn(origins, volumeId) ? (origins[volumeId] ?? '') : volumeId;

  return {
    kind: 'simulated',
    async boot(request) {
      if (!request.keepRoot) roots.delete(request.machineId);
      const mounts = request.config.mounts ?? [];
      const home = request.env.ALT_HOME ?? mounts[0]?.path ?? DEFAULT_HOME;
      const homeVolume = mounts.find((mount) => home === mount.path || home.startsWith(`${mount.path}/`));
      // Kept on the volume, as the image does; without one a machine has its own.
      const keyName = homeVolume ? origin(homeVolume.volume) : request.machineId;
      // Most machines are never logged in to, and a key takes longer to make than everything else about a machine.
      let made: HostKey | null = null;
      const hostKey = (): HostKey => (made ??= deriveHostKey(hostKeySeed, keyName));
      const files = createScriptFiles(
        filesOf(roots, request.machineId),
        mounts.map((mount) => ({ path: mount.path, files: filesOf(volumes, mount.volume) })),
        new Map([
          ...configFiles(request),
          [`${home}/.ssh/host_keys/ssh_host_ed25519_key.pub`, () => Buffer.from(`${hostKey().publicLine}\n`)],
        ]),
      );
      request.log('Starting init');
      return createSimulatedMachine({ request, clock, installMs, hostKey, home, files });
    },
    async discard(_app, machineId) {
      roots.delete(machineId);
    },
    async discardVolume(volumeId) {
      volumes.delete(volumeId);
      delete origins[volumeId];
      options.onOriginsChange(volumeId);
    },
    async copyVolume(fromId, toId) {
      volumes.set(toId, new Map(filesOf(volumes, fromId)));
      origins[toId] = origin(fromId);
      options.onOriginsChange(toId);
    },
  };
}

/** The files that the machine's config asks for. */
function configFiles(request: BootRequest): [string, () => Buffer][] {
  return (request.config.files ?? []).flatMap((file): [string, () => Buffer][] => {
    const secret = file.secret_name === undefined ? undefined : request.secrets[file.secret_name];
    const encoded = file.raw_value ?? secret;
    return encoded === undefined ? [] : [[file.guest_path, () => Buffer.from(encoded, 'base64')]];
  });
}
