import type { EnvironmentSpec, OperationContext, Session, SessionExit, SessionRequest } from '@sindri/core';
import { requireAgent } from '@sindri/ssh';
import type { OpenApi } from '../api/client.js';
import { flyError } from '../fly-error.js';
import { appName } from '../planner/index.js';
import { openConnection, type FlyConnection } from './open-connection.js';
import { watchForSleep } from './sleep-watch.js';

/**
 * A process in the environment over an SSH connection of its own, which ends with the process. With a terminal, where a person waits
 * for an answer, it also ends when the machine turns out to sleep (`FLY_MACHINE_ASLEEP`), or this computer to be out of the private network
 * (`FLY_PEER_GONE`).
 */
export function createSession(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: SessionRequest, context: OperationContext) => Promise<Session> {
  return async (spec, request, context) => {
    if (request.forwardAgent !== undefined) await requireAgent(request.forwardAgent, context);
    const connection = await openConnection(openApi, spec, request, context);
    try {
      const session = await connection.session(request);
      const close = (): void => {
        session.close();
        connection.close();
      };
      const exited =
        request.terminal === undefined
          ? session.exited
          : untilAsleep(session.exited, await openApi(context), spec, connection, context).finally(close);
      exited.then(
        () => connection.close(),
        () => connection.close(),
      );
      return {
        stdin: session.stdin,
        stdout: session.stdout,
        stderr: session.stderr,
        exited,
        resize: (size) => session.resize(size),
        signal: (name) => session.signal(name),
        close,
      };
    } catch (error) {
      connection.close();
      throw error;
    }
  };
}

/** Instead of a machine's state: it runs, and nothing of it comes through. */
const CUT_OFF = 'cut-off';

/** `exited`, or a rejection as soon as the machine is known not to run any more, or not to be reached. */
function untilAsleep(
  exited: Promise<SessionExit>,
  api: Awaited<ReturnType<OpenApi>>,
  spec: EnvironmentSpec,
  { machine, heardAt, isCutOff }: FlyConnection,
  { clock }: OperationContext,
): Promise<SessionExit> {
  const over = new AbortController();
  const app = appName(spec);
  const watching = api.withSignal(over.signal);
  const look = async (): Promise<string> => {
    const state = (await watching.machines.get(app, machine.id))?.state ?? 'destroyed';
    return state === 'started' && (await isCutOff()) ? CUT_OFF : state;
  };
  const asleep = watchForSleep({ clock, heardAt, look, signal: over.signal }).then((state): never => {
    if (state === CUT_OFF) throw peerGone();
    throw flyError({
      code: 'FLY_MACHINE_ASLEEP',
      kind: 'transport',
      message: `Machine ${machine.name} does not answer any more: it is ${state}.`,
      hint: 'Connect again: that wakes it.',
      retryable: true,
      details: { machine: machine.name, state },
    });
  });
  asleep.catch(() => undefined);
  return Promise.race([exited, asleep]).finally(() => over.abort());
}

function peerGone(): Error {
  return flyError({
    code: 'FLY_PEER_GONE',
    kind: 'transport',
    message: 'The WireGuard peer of this computer was removed at Fly, so nothing comes through any more.',
    hint: 'Connect again: that makes a new one.',
    retryable: true,
  });
}
