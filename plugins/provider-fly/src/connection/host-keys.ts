import { type SindriError, createFileStore, isSindriError, type FileStore } from '@sindri/core';
import { hostKeyStore, parseAuthorizedKeys, type HostKeyStore } from '@sindri/ssh';
import { readHostKeysScript } from '@sindri/image-contract';
import { FlyApiError, hasCode } from '../api/errors.js';
import { versionOf } from '../api/machines.js';
import type { WireMachine } from '../api/types.js';
import { refuseDeadMachine, refuseEndedMachine } from '../machine/dead-end.js';
import type { MachineWork } from '../machine/work.js';
import { flyError } from '../fly-error.js';

/** The host keys of one environment: learnt through the authenticated API, pinned on this computer. */
export interface HostKeys {
  /** The name under which any SSH client finds them. */
  readonly alias: string;
  /** The keys that were learnt from the machine that is there now; `null` = none were. */
  pinned(machine: WireMachine): Promise<string[] | null>;
  /** Asks the machine, and pins what it says. */
  learn(machine: WireMachine): Promise<string[]>;
}

const LEARN_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
const EXEC_SECONDS = 15;
/** Tries that the platform itself refuses, before that is believed. */
const MOST_REFUSALS = 3;
/** Exit codes of a command that could not be run at all. */
const NO_SHELL = new Set([126, 127]);
/** Refusals that stay the same however often one asks. */
const CANNOT_TELL = [
  'FLY_ENDPOINT_MISSING',
  'FLY_NOT_FOUND',
  'FLY_REQUEST_REFUSED',
  'FLY_ANSWER_UNEXPECTED',
  'FLY_ANSWER_TOO_LARGE',
] as const;

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

  return {
    alias,
    async pinned(machine) {
      const keys = await store.get(alias);
      return keys !== null && (await readBinding(bindings, bindingName)) === bindingOf(machine) ? keys : null;
    },
    async learn(machine) {
      const keys = await readHostKeys(work, machine);
      await store.set(alias, keys);
      await bindings.writeJson(bindingName, { boundTo: bindingOf(machine) });
      return keys;
    },
  };
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

/**
 * A machine that boots for the first time makes its keys only after a while: then it is asked again, and looked at in between, since
 * it may end meanwhile. What will not change by waiting is told at once.
 */
async function readHostKeys(work: MachineWork, machine: WireMachine): Promise<string[]> {
  const { clock, signal } = work.context;
  const deadline = clock.now() + LEARN_MS;
  let refusals = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const answer = await askForKeys(work, machine);
    if (answer.keys.length > 0) return answer.keys;
    if (answer.refused) refusals++;
    const isOver = answer.isFinal || refusals >= MOST_REFUSALS || clock.now() + pauseMs >= deadline;
    const now = await work.api.machines.get(work.app, machine.id);
    if (now !== null) await refuseDeadMachine(work, now);
    if (now !== null && now.state === 'stopped') await refuseEndedMachine(work, now);
    if (isOver) throw unknownHostKeys(machine, answer);
    work.progress(`learn the host key of machine ${machine.name}: asking again, ${answer.reason}`);
    await clock.sleep(pauseMs, signal);
  }
}

interface KeysAnswer {
  keys: string[];
  /** Why there are none, as a clause. */
  reason: string;
  /** What to do about it, if anything. */
  remedy: string | undefined;
  /** The platform did not run the command. */
  refused: boolean;
  /** Asking again cannot help. */
  isFinal: boolean;
}

async function askForKeys(work: MachineWork, machine: WireMachine): Promise<KeysAnswer> {
  try {
    const { stdout, stderr, exit_code } = await work.api.machines.exec(work.app, machine.id, {
      command: ['sh', '-c', readHostKeysScript],
      timeoutSeconds: EXEC_SECONDS,
    });
    const keys = parseAuthorizedKeys(stdout);
    if (!NO_SHELL.has(exit_code)) {
      const remedy = 'Look at `sindri logs`: its SSH server may not have started.';
      return { keys, reason: 'it has none yet', remedy, refused: false, isFinal: false };
    }
    const said = stderr.trim().slice(0, 200);
    const reason = `it has no shell to ask for them${said && ` (${said})`}`;
    return { keys, reason, remedy: undefined, refused: true, isFinal: true };
  } catch (error) {
    if (!(error instanceof FlyApiError) || error.kind === 'auth' || error.code === 'FLY_FORBIDDEN') throw error;
    const { status, message, hint } = error;
    const isFinal = hasCode(error, ...CANNOT_TELL) || status === 405 || status === 501;
    return { keys: [], reason: message, remedy: hint, refused: true, isFinal };
  }
}

function unknownHostKeys(machine: WireMachine, { reason, remedy }: KeysAnswer): SindriError {
  return flyError({
    code: 'FLY_HOST_KEYS_UNKNOWN',
    kind: 'policy',
    message: `The SSH host keys of machine ${machine.name} could not be read through the API: ${reason}`,
    hint: `Without them its identity cannot be checked.${remedy === undefined ? '' : ` ${remedy}`}`,
    details: { machine: machine.id },
  });
}
