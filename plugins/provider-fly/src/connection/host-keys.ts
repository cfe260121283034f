import { SindriError, createFileStore, isSindriError, type FileStore } from '@sindri/core';
import { hostKeyStore, parseAuthorizedKeys, type HostKeyStore } from '@sindri/ssh';
import { readHostKeysScript } from '@sindri/image-contract';
import { versionOf } from '../api/machines.js';
import type { WireMachine } from '../api/types.js';
import type { MachineWork } from '../machine/work.js';

/** The host keys of one environment: learnt through the authenticated API, pinned on this computer. */
export interface HostKeys {
  /** The name under which any SSH client finds them. */
  readonly alias: string;
  /** The pinned keys if they were learnt from the machine that is there now, else newly learnt ones. */
  get(machine: WireMachine): Promise<string[]>;
  /** Whether {@link HostKeys.get} can answer without asking the machine. */
  isPinned(machine: WireMachine): Promise<boolean>;
  /** Asks the machine again, and pins what it says. */
  relearn(machine: WireMachine): Promise<string[]>;
}

const LEARN_MS = 60_000;
const PAUSE_MS = 1_000;
const EXEC_SECONDS = 15;

/**
 * Host keys by way of the REST exec, which Fly authenticates: nobody between here and the machine can put in their own. They
 * live on the volume, so a pin holds for as long as the same volume (or the same machine version) is there. `alias` is the name
 * under which they are pinned.
 */
export function createHostKeys(work: MachineWork, alias: string): HostKeys {
  const { context } = work;
  const store: HostKeyStore = hostKeyStore(context.stateDir);
  const bindings: FileStore = createFileStore(context.stateDir);
  const bindingName = `fly/host-key-bindings/${alias}.json`;

  const pinned = async (machine: WireMachine): Promise<string[] | null> => {
    const keys = await store.get(alias);
    return keys !== null && (await readBinding(bindings, bindingName)) === bindingOf(machine) ? keys : null;
  };

  return {
    alias,
    isPinned: async (machine) => (await pinned(machine)) !== null,
    get: async (machine) => (await pinned(machine)) ?? learn(machine),
    relearn: learn,
  };

  async function learn(machine: WireMachine): Promise<string[]> {
    const keys = await readHostKeys(work, machine);
    await store.set(alias, keys);
    await bindings.writeJson(bindingName, { boundTo: bindingOf(machine) });
    return keys;
  }
}

/** What the keys belong to: the volume that holds them, else this version of the machine. */
function bindingOf(machine: WireMachine): string {
  const volume = machine.config?.mounts?.[0]?.volume;
  return volume ?? `${machine.id}/${versionOf(machine)}`;
}

/** A damaged or missing note only means that the keys are learnt again. */
async function readBinding(bindings: FileStore, name: string): Promise<string | null> {
  try {
    const value = await bindings.readJson(name);
    const boundTo = typeof value === 'object' && value !== null && !Array.isArray(value) ? value.boundTo : null;
    return typeof boundTo === 'string' ? boundTo : null;
  } catch (error) {
    if (isSindriError(error)) return null;
    throw error;
  }
}

/** A machine that boots for the first time makes its keys only after a while. */
async function readHostKeys(work: MachineWork, machine: WireMachine): Promise<string[]> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + LEARN_MS;
  for (;;) {
    let reason = 'it has none yet';
    try {
      const { stdout } = await work.api.machines.exec(work.app, machine.id, {
        command: ['sh', '-c', readHostKeysScript],
        timeoutSeconds: EXEC_SECONDS,
      });
      const keys = parseAuthorizedKeys(stdout);
      if (keys.length > 0) return keys;
    } catch (error) {
      if (!isSindriError(error) || error.kind === 'auth' || error.code === 'FLY_FORBIDDEN') throw error;
      reason = error.message;
    }
    if (clock.now() >= deadline) throw unknownHostKeys(machine, reason);
    await clock.sleep(PAUSE_MS, signal);
  }
}

function unknownHostKeys(machine: WireMachine, reason: string): SindriError {
  return new SindriError({
    code: 'FLY_HOST_KEYS_UNKNOWN',
    kind: 'policy',
    message: `The SSH host keys of machine ${machine.name} could not be read through the API: ${reason}`,
    hint: 'Without them its identity cannot be checked. Look at `sindri logs`: its SSH server may not have started.',
    details: { machine: machine.id },
  });
}
