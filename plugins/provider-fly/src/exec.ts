import {
  type SindriError,
  type EnvironmentSpec,
  type ExecRequest,
  type ExecResult,
  type OperationContext,
} from '@sindri/core';
import type { OpenApi } from './api/client.js';
import { FlyApiError } from './api/errors.js';
import { LONGEST_WAIT_SECONDS } from './api/machines.js';
import { execOverSsh } from './connection/exec-over-ssh.js';
import { refuseDeadMachine, refuseEndedMachine } from './machine/dead-end.js';
import { findInstance } from './machine/find-instance.js';
import { openMachineWork } from './machine/open-work.js';
import { appName } from './planner/index.js';
import { flyError } from './fly-error.js';

const DEFAULT_TIMEOUT_MS = 30_000;
const SIGKILL = 9;

/**
 * Runs one command through the Machines API, without SSH. Fly's request blocks until the command ends, so it is limited to a
 * minute. It has no standard input, so a command with some goes over SSH, under the
 * same limits. Throws `FLY_NOT_RUNNING` for a machine that is not started: this way does not wake it; `FLY_MACHINE_EXITED`,
 * `FLY_MACHINE_FAILED` and `FLY_HOST_UNREACHABLE` for one that cannot be. Throws
 * `FLY_EXEC_TIMED_OUT` for a command that took longer than its time limit.
 */
export function createExec(
  openApi: OpenApi,
): (spec: EnvironmentSpec, request: ExecRequest, context: OperationContext) => Promise<ExecResult> {
  return async (spec, request, context) => {
    const api = await openApi(context);
    const { machine } = await findInstance(api, spec, request.instance, context.emit);
    const work = openMachineWork(api, spec, context, 'exec');
    await refuseDeadMachine(work, machine);
    if (machine.state !== 'started') {
      await refuseEndedMachine(work, machine);
      throw notRunning(machine.name, machine.state);
    }
    const wanted = Math.ceil((request.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1_000);
    const timeoutSeconds = Math.min(Math.max(wanted, 1), LONGEST_WAIT_SECONDS);
    if (request.stdin !== undefined) {
      const { command, stdin } = request;
      const over = { command, stdin, timeoutMs: timeoutSeconds * 1_000, instance: machine.name };
      return execOverSsh(openApi, spec, over, context);
    }
    const started = context.clock.now();
    const isOver = (): boolean => context.clock.now() - started >= timeoutSeconds * 1_000;
    const reply = await api.machines
      .exec(appName(spec), machine.id, { command: request.command, timeoutSeconds })
      .catch((error: unknown) => {
        context.signal.throwIfAborted();
        // Fly answers 408, maybe before the time that was asked for; through a broken connection only the time tells.
        if (isOver()) throw timedOut(timeoutSeconds, error);
        if (!(error instanceof FlyApiError) || error.status !== 408) throw error;
        throw timedOut(Math.max(1, Math.round((context.clock.now() - started) / 1_000)), error);
      });
    // Or it kills the command, and answers with the signal as if somebody else had.
    if (reply.exit_signal === SIGKILL && isOver()) throw timedOut(timeoutSeconds);
    return { exitCode: exitCodeOf(reply), stdout: reply.stdout, stderr: reply.stderr };
  };
}

/** As a shell tells it: 128 + n for a command that signal n has ended. */
function exitCodeOf({ exit_code, exit_signal }: { exit_code: number; exit_signal: number }): number {
  return exit_code === 0 && exit_signal > 0 ? 128 + exit_signal : exit_code;
}

function timedOut(seconds: number, cause?: unknown): SindriError {
  return flyError({
    code: 'FLY_EXEC_TIMED_OUT',
    kind: 'incomplete',
    message: `The command took longer than ${seconds} s, and was ended.`,
    hint: 'Run it in a session instead, which has no limit: sindri connect -- <command>.',
    details: { timeoutMs: seconds * 1_000 },
    cause,
  });
}

function notRunning(name: string, state: string): SindriError {
  return flyError({
    code: 'FLY_NOT_RUNNING',
    kind: 'refused',
    message: `Machine ${name} is ${state}, so nothing can be run in it.`,
    hint: 'Run `sindri start` first, or use `sindri connect -- <command>`, which wakes it.',
    details: { state },
  });
}
