import { SindriError, isSindriError, type EnvironmentSpec, type OperationContext } from '@sindri/core';
import {
  awaitSshBanner,
  connectSsh,
  openAddresses,
  type SshAddress,
  type SshConnection,
  type SshIdentity,
} from '@sindri/ssh';
import type { FlyApi, OpenApi } from '../api/client.js';
import type { WireMachine } from '../api/types.js';
import { findMachine } from '../machine/find-machine.js';
import { openScene } from '../machine/open-scene.js';
import type { Scene } from '../machine/scene.js';
import { wake } from '../machine/wake.js';
import { desiredNames, publishedPort, toIpsData, toMachineData } from '../mapping/index.js';
import { createPhases, type Phases } from '../phase.js';
import { createHostKeys, type HostKeys } from './host-keys.js';
import { loginIdentities } from './identities.js';
import { addressesFor } from './methods.js';

export const sshUser = 'developer';

const WOKEN_SSH_MS = 2 * 60_000;

/** The machine of an environment and the addresses that lead to its SSH, as they are now. */
export interface Destination {
  machine: WireMachine;
  addresses: SshAddress[];
}

export async function findDestination(
  api: FlyApi,
  spec: EnvironmentSpec,
  method: string | undefined,
): Promise<Destination> {
  const names = desiredNames(spec);
  const machine = await findMachine(api, spec);
  const ips = await api.ips.list(names.app);
  const port = publishedPort(toMachineData(machine), names) ?? names.sshPort;
  return { machine, addresses: addressesFor(method, toIpsData(ips).items, port) };
}

/**
 * Opens a logged-in SSH connection: wakes the machine, learns its host keys if they are not pinned, dials, proves who we are.
 * Each step is a phase: `wake`, `host-key`, `dial`, `handshake`, `authenticate`.
 *
 * Rejects with `FLY_NOT_DEPLOYED`, the codes of starting a machine, `FLY_HOST_KEYS_UNKNOWN`, and those of `@sindri/ssh`.
 */
export async function openConnection(
  openApi: OpenApi,
  spec: EnvironmentSpec,
  method: string | undefined,
  context: OperationContext,
): Promise<SshConnection> {
  const phases = createPhases(context);
  try {
    const api = await openApi(context);
    const scene = openScene(api, spec, context, 'connect');
    const { machine, addresses } = await findDestination(api, spec, method);
    if (machine.state !== 'started') await wakeForSsh(scene, phases, machine, addresses);

    const hostKeys = createHostKeys(scene);
    if (!(await hostKeys.isPinned(machine))) phases.begin('host-key', 'Learn the host key through the API');
    const keys = await hostKeys.get(machine);
    const identities = await loginIdentities(scene, spec, machine);
    const connection = await connectChecked({ scene, phases, machine, addresses, hostKeys, keys, identities });
    phases.end(true);
    return connection;
  } catch (error) {
    phases.end(false);
    throw error;
  }
}

async function wakeForSsh(
  scene: Scene,
  phases: Phases,
  machine: WireMachine,
  addresses: readonly SshAddress[],
): Promise<void> {
  phases.begin('wake', `Wake machine ${machine.name}, which is ${machine.state}`);
  await wake(scene, machine);
  const unreachable = new AbortController();
  try {
    await awaitSshBanner(openAddresses(addresses), {
      signal: AbortSignal.any([scene.context.signal, unreachable.signal]),
      clock: scene.context.clock,
      timeoutMs: WOKEN_SSH_MS,
      onAttempt({ failures }) {
        if (failures.every(({ reason }) => reason === 'unreachable')) unreachable.abort();
      },
    });
  } catch (error) {
    // Without any way there, the dialling that follows says so better.
    scene.context.signal.throwIfAborted();
    if (!unreachable.signal.aborted) throw withIpv4Hint(error, addresses);
  }
}

interface Attempt {
  scene: Scene;
  phases: Phases;
  machine: WireMachine;
  addresses: readonly SshAddress[];
  hostKeys: HostKeys;
  keys: string[];
  identities: readonly SshIdentity[];
}

/**
 * Connects with the pinned keys. When the server shows another one, the machine is asked for its keys once more: if they
 * have changed, the new ones are pinned and tried; if not, somebody else has answered, and the error stands.
 */
async function connectChecked(attempt: Attempt): Promise<SshConnection> {
  const { scene, phases, machine, hostKeys, keys } = attempt;
  try {
    return await connect(attempt, keys);
  } catch (error) {
    if (!isSindriError(error) || error.code !== 'SSH_HOST_KEY_MISMATCH') throw withIpv4Hint(error, attempt.addresses);
    phases.begin('host-key', 'The host key differs: ask the machine again');
    const now = await hostKeys.relearn(machine);
    if (sameKeys(now, keys)) throw error;
    scene.context.emit({
      type: 'notice',
      level: 'info',
      code: 'FLY_HOST_KEY_CHANGED',
      message: `The environment has new host keys; they were read through the Machines API and pinned.`,
    });
    return connect(attempt, now);
  }
}

function connect({ scene, phases, addresses, identities }: Attempt, hostKeys: string[]): Promise<SshConnection> {
  const { signal, clock } = scene.context;
  const titles = {
    dial: `Dial ${addresses.map(({ host, port }) => `${host} port ${port}`).join(', ')}`,
    handshake: 'Check the host key',
    authenticate: `Log in as ${sshUser}`,
  };
  return connectSsh({
    via: openAddresses(addresses),
    user: sshUser,
    identities,
    hostKeys,
    signal,
    clock,
    onPhase: (phase) => phases.begin(phase, titles[phase]),
  });
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
}

/** Where there is only IPv6, a network without it is the likeliest reason for no connection at all. */
function withIpv4Hint(error: unknown, addresses: readonly SshAddress[]): unknown {
  if (!isSindriError(error) || error.code !== 'SSH_UNREACHABLE') return error;
  if (addresses.some(({ note }) => note === 'dedicated IPv4')) return error;
  return new SindriError({
    code: error.code,
    kind: error.kind,
    message: error.message,
    hint:
      `${error.hint ?? ''} The app has IPv6 only: from networks without it, set \`providers.fly.dedicatedIpv4: true\` ` +
      '(about $2 a month) and deploy again.',
    retryable: error.retryable,
    details: error.details,
    cause: error,
  });
}
