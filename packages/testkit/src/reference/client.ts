import {
  createCredentialStore,
  SindriError,
  type EnvironmentSpec,
  type InstanceRequest,
  type OperationContext,
  type PastEventKind,
  type PowerResult,
} from '@sindri/core';
import { keepsRunning } from './images.js';
import { HOME_VOLUME, type Call, type ReferencePlatform, type Thing } from './platform.js';
import type { ShellWorld } from './shell.js';

/** Where the token of the platform may be given. */
export const TOKEN_VARIABLE = 'REFERENCE_TOKEN';
/** The address that a kept token belongs to; it is given out again for no other. */
export const AUDIENCE = 'https://reference.invalid';

const HOME = '/home/developer';

/** Where a request comes from: the token and the signal of its caller. */
export function callOf(description: string, context: OperationContext): Call {
  return { description, token: tokenOf(context), signal: context.signal };
}

/** Of the environment, else what a sign-in has kept. */
async function tokenOf({ env, stateDir, signal }: OperationContext): Promise<string | undefined> {
  const { [TOKEN_VARIABLE]: token } = env;
  if (token !== undefined) return token;
  return (await createCredentialStore({ env, stateDir, signal, name: 'reference' }).read(AUDIENCE))?.secret;
}

/** Everything that is there for an environment, of whoever made it. */
export function listThings(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
): Promise<Thing[]> {
  return platform.read(callOf(`GET /things?environment=${spec.name}`, context), (things) =>
    things.filter(({ environment }) => environment === spec.name),
  );
}

/** The machine of an environment; rejects when there is none. */
export async function requireMachine(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
): Promise<Thing> {
  const things = await listThings(platform, spec, context);
  const machine = things.find(({ type, mark }) => type === 'machine' && mark === spec.name);
  if (machine !== undefined && machine.power !== null) return machine;
  throw new SindriError({
    code: 'REFERENCE_ABSENT',
    kind: 'refused',
    message: `The environment "${spec.name}" does not exist.`,
    hint: 'Deploy it first.',
  });
}

/** Starts, stops or suspends the machine of an environment. */
export async function setPower(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
  power: 'running' | 'stopped' | 'suspended',
  request?: InstanceRequest,
): Promise<PowerResult> {
  requireInstance(request);
  const machine = await requireMachine(platform, spec, context);
  const before = machine.power as NonNullable<Thing['power']>;
  // What is stopped has no memory left that a suspend could keep.
  if (before === power || (before === 'stopped' && power === 'suspended')) return { before, after: before };
  const after = await platform.write(callOf(`POST /machine/${machine.id}/${power}`, context), (things) => {
    const found = things.find(({ id }) => id === machine.id);
    if (found === undefined) return power;
    found.power = power === 'running' && !keepsRunning(String(found.settings['image'])) ? 'failed' : power;
    if (power === 'stopped') platform.inside.killAll(machine.id);
    return found.power;
  });
  const at = new Date(context.clock.now()).toISOString();
  platform.log(spec.name, `machine ${machine.name} is ${after}`, at);
  const kind = after === 'running' ? (before === 'suspended' ? 'resumed' : 'started') : KIND_OF[after];
  platform.tell(spec.name, { at, kind, cause: 'user', message: `machine ${machine.name} is ${after}` });
  if (after === 'failed') throw crashed(machine.name);
  return { before, after };
}

const KIND_OF: Readonly<Record<'stopped' | 'suspended' | 'failed', PastEventKind>> = {
  stopped: 'stopped',
  suspended: 'suspended',
  failed: 'crashed',
};

/** Ends what runs and starts it again; starts what sleeps. */
export async function restartMachine(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
  request?: InstanceRequest,
): Promise<PowerResult> {
  requireInstance(request);
  const machine = await requireMachine(platform, spec, context);
  if (machine.power !== 'running') return setPower(platform, spec, context, 'running');
  await platform.write(callOf(`POST /machine/${machine.id}/restart`, context), () =>
    platform.inside.killAll(machine.id),
  );
  const at = new Date(context.clock.now()).toISOString();
  platform.tell(spec.name, { at, kind: 'restarted', cause: 'user', message: `machine ${machine.name} was restarted` });
  return { before: 'running', after: 'running' };
}

/** What a machine says when its main process ends at the start. */
export function crashed(name: string): SindriError {
  return new SindriError({
    code: 'REFERENCE_CRASHED',
    kind: 'refused',
    message: `The machine "${name}" ended right after its start, with exit code 1.`,
    hint: 'Look at its logs, or choose another image.',
  });
}

/** Refuses a request for a machine that is not there. */
export function requireInstance({ instance }: InstanceRequest = {}): void {
  if (instance === undefined || instance === 'main') return;
  throw new SindriError({
    code: 'REFERENCE_INSTANCE_UNKNOWN',
    kind: 'usage',
    message: `There is no machine called "${instance}".`,
    hint: 'There is one: main.',
  });
}

/** The machine as its processes see it. */
export function worldOf({ inside, things }: ReferencePlatform, machine: Thing): ShellWorld {
  const ours = things.filter(({ mark }) => mark === machine.mark);
  const secrets = ours.filter(({ type }) => type === 'secret');
  const home = ours.find(({ type, name }) => type === 'volume' && name === HOME_VOLUME);
  const filesAt = (path: string): Map<string, string> =>
    inside.files(home !== undefined && path.startsWith(`${HOME}/`) ? home.id : machine.id);
  return {
    env: {
      HOME,
      GREETING: String(machine.settings['greeting']),
      ...Object.fromEntries(
        secrets.flatMap(({ id, name }) => {
          const value = inside.values.get(id);
          // One that is only staged is not inside.
          return value === undefined ? [] : [[name, value] as const];
        }),
      ),
    },
    read: (path) => filesAt(path).get(path),
    write: (path, content) => void filesAt(path).set(path, content),
    begin: (kill) => inside.begin(machine.id, kill),
    end: (pid) => inside.end(pid),
    isAlive: (pid) => inside.isAlive(machine.id, pid),
    kill: (pid, signal) => inside.kill(machine.id, pid, signal),
  };
}
