import { isSindriError, type EnvironmentSpec, type OperationContext, type SessionRequest } from '@sindri/core';
import { awaitSshBanner, connectSsh, type SshConnection, type SshIdentity, type StreamOpener } from '@sindri/ssh';
import type { FlyApi, OpenApi } from '../api/client.js';
import type { WireMachine } from '../api/types.js';
import { howItEnded, refuseDeadMachine } from '../machine/dead-end.js';
import { findInstance } from '../machine/find-instance.js';
import { openMachineWork } from '../machine/open-work.js';
import type { MachineRef, MachineWork } from '../machine/work.js';
import { wake } from '../machine/wake.js';
import { appName, desiredNames, isBeingReplaced, toIpsData, toMachineData } from '../planner/index.js';
import { createPhases, sentence, type Phases } from '../phase.js';
import type { Entering } from '../private-network/pool.js';
import { admitCaller, findLogin } from './admission.js';
import { connectAmongMachines, isHostKeyMismatch } from './among-machines.js';
import { askForCertificate, connectCertified } from './certified.js';
import { createHostKeys, type HostKeys } from './host-keys.js';
import { methodNamed } from './choose-method.js';
import { createInside, type Inside } from './inside.js';
import { isInVain, refuseWithoutRoute } from './no-route.js';
import { attended } from './sleep-watch.js';
import { findWays } from './ways.js';
import { publishesPorts, sshDestination, type SshDestination } from './ssh-destination.js';

const WOKEN_SSH_MS = 2 * 60_000;

/**
 * Which machine to reach and how, each absent = the provider chooses; and the agent that its sessions may be lent. At a `terminal` a
 * person waits for answers.
 */
export type ConnectionChoice = Pick<SessionRequest, 'method' | 'instance' | 'forwardAgent' | 'terminal'>;

/** A connection, and the machine that it leads to. */
export type FlyConnection = SshConnection & { readonly machine: MachineRef } & Pick<Inside, 'isCutOff'>;

/** A machine of an environment, and where its SSH is, as they are now. */
export interface Destination {
  machine: WireMachine;
  ssh: SshDestination;
  /** The name under which its host keys are pinned. */
  hostKeyAlias: string;
  /** Whether other machines answer on the same addresses. */
  isOneOfSeveral: boolean;
}

/** Without `throughEdge` its public addresses are not asked for. Throws `FLY_NOT_DEPLOYED`, `FLY_INSTANCE_UNKNOWN`. */
export async function findDestination(
  api: FlyApi,
  spec: EnvironmentSpec,
  instance: string | undefined,
  { emit, throughEdge = true }: { emit?: OperationContext['emit']; throughEdge?: boolean } = {},
): Promise<Destination> {
  const names = desiredNames(spec);
  const addresses = throughEdge ? api.ips.list(names.app) : Promise.resolve([]);
  // What is wrong with the machine is told first.
  addresses.catch(() => undefined);
  const { machine, isMain, others } = await findInstance(api, spec, instance, emit);
  const ips = await addresses;
  return {
    machine,
    ssh: sshDestination(machine.config, toIpsData(ips).items, names),
    hostKeyAlias: isMain ? `${names.app}.fly.dev` : `${machine.id}.vm.${names.app}.internal`,
    isOneOfSeveral: others.some(({ config }) => publishesPorts(config)),
  };
}

/**
 * Opens a logged-in SSH connection: finds out whether there is a way at all, wakes the machine, learns its host keys if they are not
 * pinned, lets the caller in if nobody knows his keys, dials, proves who we are.
 * Each step is a phase: `wake`, `host-key`, `admit-key`, `dial`, `handshake`, `authenticate`.
 *
 * Rejects with `FLY_NOT_DEPLOYED`, `FLY_INSTANCE_UNKNOWN`, `FLY_HOST_UNREACHABLE`, `FLY_MACHINE_FAILED`, that of an
 * obstacle to the method, the codes of starting a machine, `FLY_HOST_KEYS_UNKNOWN`, and those of `@sindri/ssh`.
 */
export async function openConnection(
  openApi: OpenApi,
  spec: EnvironmentSpec,
  { method, instance, forwardAgent, terminal }: ConnectionChoice = {},
  context: OperationContext,
): Promise<FlyConnection> {
  const phases = createPhases(context);
  let phase: 'wake' | 'host-key' = 'wake';
  let inside: Inside | undefined;
  let entering: Entering | undefined;
  try {
    const api = await openApi(context);
    const app = appName(spec);
    const named = methodNamed(method);
    const finding = findDestination(api, spec, instance, {
      emit: context.emit,
      throughEdge: named?.throughEdge ?? true,
    });
    finding.catch(() => undefined);
    // What leads through the private network is begun while the machine is looked for; what is wrong with that is told first.
    entering = named?.throughEdge === false ? api.networks.enter(api, app, context) : undefined;
    const certificate =
      entering !== undefined && named?.login === 'certificate' ? askForCertificate(api, app, entering.of) : undefined;
    certificate?.catch(() => undefined);
    const work = openMachineWork(
      api,
      spec,
      context,
      'connect',
      tellOnce((message) => phases.begin(phase, sentence(message))),
    );
    const destination = await finding;
    const { machine } = destination;
    inside = createInside(() => api.networks.enter(api, app, context), {
      app,
      address: machine.private_ip || null,
    });
    const { via, waiting } = await findWays(named, app, destination.ssh, inside, context);
    const awake = (): Promise<void> => wakeAsked(work, phases, machine, waiting ?? via, via);
    await refuseDeadMachine(work, machine);
    if (certificate !== undefined) {
      await awake();
      const certified = await connectCertified({
        certificate,
        phases,
        via,
        inside,
        context,
        isAttended: terminal !== undefined,
      });
      phases.end(true);
      return leading(certified, machine, inside);
    }
    const hostKeys = createHostKeys(work, destination.hostKeyAlias);
    const pinned = await hostKeys.pinned(machine);
    // Only the edge answers for a machine that sleeps.
    const canTell = machine.state === 'started' ? pinned === null : (named?.throughEdge ?? true);
    if (canTell) await refuseWithoutRoute(via, context);
    if (isBeingReplaced(toMachineData(machine))) tellReplacing(context, machine);
    await awake();

    phase = 'host-key';
    if (pinned === null) phases.begin('host-key', 'Learn the host key through the API');
    const keys = pinned ?? (await hostKeys.learn(machine));
    const login = await findLogin(work, spec, machine);
    const admit = (): Promise<SshIdentity[]> => {
      phases.begin('admit-key', 'Admit your SSH key through the API');
      // It runs by now, whatever the look before has seen.
      return admitCaller(work, spec, { ...machine, state: 'started' }, login.identities);
    };
    const identities = login.isAdmitted === false ? await admit() : login.identities;
    const isAttended = terminal !== undefined;
    const attempt = { work, phases, destination, via, hostKeys, keys, forwardAgent, isAttended };
    const connection = await connectChecked({ ...attempt, identities }).catch(async (error: unknown) => {
      const isRefused = isSindriError(error) && error.code === 'SSH_AUTH_FAILED';
      if (!isRefused || login.isAdmitted === false) throw error;
      // Whoever was noted to be in has been put out meanwhile, or nobody knew who is in.
      return connectChecked({ ...attempt, identities: await admit() });
    });
    phases.end(true);
    return leading(connection, machine, inside);
  } catch (error) {
    inside?.close();
    phases.end(false);
    throw error;
  } finally {
    entering?.leave();
  }
}

/** The connection, which leaves the private network with its end. */
function leading(connection: SshConnection, { id, name }: WireMachine, inside: Inside): FlyConnection {
  void connection.closed.then(() => inside.close());
  return Object.assign(connection, { machine: { id, name }, isCutOff: () => inside.isCutOff() });
}

/** Wakes it, and waits for its SSH server: on what makes nothing, or where that is in vain, on whatever there is. */
async function wakeAsked(
  work: MachineWork,
  phases: Phases,
  machine: WireMachine,
  waiting: StreamOpener,
  via: StreamOpener,
): Promise<void> {
  if (machine.state === 'started') return;
  await tellHowItEnded(work, machine);
  phases.begin('wake', `Wake machine ${machine.name}, which is ${machine.state}`);
  await wake(work, machine);
  if (await answers(work, waiting)) return;
  // Without any way there, the dialling that follows says so better.
  if (waiting !== via) await answers(work, via);
}

/** An update may take minutes, and nothing else can be done meanwhile: that is told also to whoever follows no progress. */
function tellReplacing({ emit }: OperationContext, { name, state }: WireMachine): void {
  emit({
    type: 'notice',
    level: 'warning',
    code: 'FLY_MACHINE_REPLACING',
    message: `Machine ${name} is ${state}: an update of it has not ended. Waiting until it has.`,
  });
}

/** It may live longer this time (a full memory passes), so it is woken; why it was down is told at once all the same. */
async function tellHowItEnded(work: MachineWork, machine: WireMachine): Promise<void> {
  const end = await howItEnded(work, machine);
  if (end === null) return;
  const last = end.lines.at(-1);
  const said = last === undefined ? '' : ` The last it wrote: ${last}`;
  work.context.emit({
    type: 'notice',
    level: 'warning',
    code: 'FLY_MACHINE_ENDED',
    message: `${end.message} It is started again.${said}`,
  });
}

/** Passes on what differs from the last message. */
function tellOnce(tell: (message: string) => void): (message: string) => void {
  let last = '';
  return (message) => {
    if (message !== last) tell(message);
    last = message;
  };
}

/** Whether SSH answers; `false` when this computer has no way there. */
async function answers({ context: { signal, clock } }: MachineWork, via: StreamOpener): Promise<boolean> {
  const unreachable = new AbortController();
  try {
    await awaitSshBanner(via, {
      signal: AbortSignal.any([signal, unreachable.signal]),
      clock,
      timeoutMs: WOKEN_SSH_MS,
      onAttempt({ failures }) {
        if (isInVain(failures)) unreachable.abort();
      },
    });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!unreachable.signal.aborted) throw error;
    return false;
  }
}

interface Attempt {
  work: MachineWork;
  phases: Phases;
  destination: Destination;
  via: StreamOpener;
  hostKeys: HostKeys;
  keys: string[];
  forwardAgent: string | undefined;
  identities: readonly SshIdentity[];
  /** A silence is to be noticed soon. */
  isAttended: boolean;
}

/**
 * Connects with the pinned keys. When the server shows another one, the machine is asked for its keys once more: if they
 * have changed, the new ones are pinned and tried; if not, somebody else has answered: another machine where there are several,
 * else the error stands.
 */
async function connectChecked(attempt: Attempt): Promise<SshConnection> {
  const { work, phases, via, hostKeys, keys } = attempt;
  const { machine, isOneOfSeveral } = attempt.destination;
  try {
    return await connect(attempt, keys);
  } catch (error) {
    if (!isHostKeyMismatch(error)) throw error;
    phases.begin('host-key', 'The host key differs: ask the machine again');
    const now = await hostKeys.learn(machine);
    if (!sameKeys(now, keys)) {
      work.context.emit({
        type: 'notice',
        level: 'info',
        code: 'FLY_HOST_KEY_CHANGED',
        message: `The environment has new host keys; they were read through the Machines API and pinned.`,
      });
    } else if (!isOneOfSeveral) throw error;
    const again = (): Promise<SshConnection> => connect(attempt, now);
    return isOneOfSeveral ? connectAmongMachines(machine, via, work.context, again) : again();
  }
}

function connect(attempt: Attempt, hostKeys: string[]): Promise<SshConnection> {
  const { work, phases, destination, via, identities, forwardAgent, isAttended } = attempt;
  const { signal, clock } = work.context;
  const { user } = destination.ssh;
  const titles = {
    dial: `Dial ${via.where}`,
    handshake: 'Check the host key',
    authenticate: `Log in as ${user}`,
  };
  return connectSsh({
    via,
    user,
    identities,
    hostKeys,
    ...(forwardAgent === undefined ? {} : { forwardAgent }),
    signal,
    clock,
    ...(isAttended ? attended : {}),
    onPhase: (phase) => phases.begin(phase, titles[phase]),
  });
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
}
