import { Writable } from 'node:stream';
import type { Environment, ExecResult, Session, SessionRequest } from '@sindri/core';
import type { attach } from '../lazy.js';
import { formatMethods } from '../format/connection-methods.js';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { Answer, Shell } from '../shell.js';
import { openSession } from './agent-session.js';
import { methodsOf, type ConnectingCommand } from './connection-methods.js';
import { keepSession, type SessionTerminal } from './keep-session.js';
import { offerDeploy } from './offer-deploy.js';
import { quoteWord } from './shell-words.js';
import { adviseInstead, adviseMethod } from './unsupported.js';

export interface RemoteRequest {
  /** Words after `--`; none = the login shell. */
  command: string[];
  /** The connection method, `auto` when absent. */
  method?: string;
  /** Which of several instances; the provider chooses when absent. */
  instance?: string;
  /** Who asks; `exec` when absent. */
  via?: ConnectingCommand;
  /** Give the process a terminal; without it only a login shell gets one, and only when there is one here. */
  terminal: boolean;
  /** Keep what it prints for the answer. */
  capture: boolean;
  /** The socket of the SSH agent that the process may use. */
  forwardAgent?: string | undefined;
  /** On the local emulator; only an SSH connection of our own needs to know. */
  local?: boolean;
  /** Offer to deploy when nothing is. */
  offersDeploy?: boolean;
  /** Spells another command for the same environment. */
  next?: NextCommand;
}

/** What a command printed and how it ended. */
export interface CapturedResult extends ExecResult {
  schema: 'sindri.exec/1';
  environment: string;
  provider: string;
}

export type AttachSession = ReturnType<typeof attach>['attachSession'];

/**
 * Runs a process in the environment to its end; with `terminal`, a login shell at one comes back as {@link keepSession} says. Its bytes pass unchanged between it and this terminal; with `capture` its
 * output is kept for the answer instead. The exit status is the process's own.
 */
export async function runRemote(
  environment: Environment,
  shell: Shell,
  request: RemoteRequest,
  attachSession: AttachSession,
  terminal?: SessionTerminal,
): Promise<Answer> {
  const wanted = sessionRequest(request, shell);
  const isShell = wanted.terminal !== undefined && wanted.command === undefined;
  if (terminal !== undefined && isShell) {
    // The size of the terminal may be another by the next time.
    const open = () => openOrDeploy(environment, shell, request, sessionRequest(request, shell));
    return { streamed: true, exitCode: await keepSession(environment, shell, open, terminal) };
  }
  const session = await openOrDeploy(environment, shell, request, wanted);
  shell.handOver();
  const { streams, signal } = shell;
  const attachment = { ...streams, signal, terminal: wanted.terminal !== undefined };
  if (!request.capture) return { streamed: true, exitCode: await attachSession(session, attachment) };

  const stdout = collector();
  const stderr = collector();
  const exitCode = await attachSession(session, { ...attachment, stdout: stdout.stream, stderr: stderr.stream });
  return answerOf(environment, { exitCode, stdout: stdout.text(), stderr: stderr.text() });
}

/** Where nothing is deployed it offers that to whoever can be asked, if the request says so. */
async function openOrDeploy(
  environment: Environment,
  shell: Shell,
  request: RemoteRequest,
  wanted: SessionRequest,
): Promise<Session> {
  const advised = (error: unknown) =>
    adviseMethod(adviseInstead(error, sessionAdvice(environment, request)), methodAdvice(environment, request));
  try {
    return await openSession(environment, shell, wanted, request);
  } catch (error) {
    const { offersDeploy = false, next = plainCommand } = request;
    if (!offersDeploy || !(await offerDeploy(environment, shell, error, next))) throw advised(error);
    return openSession(environment, shell, wanted, request).catch((again: unknown) => {
      throw advised(again);
    });
  }
}

/** One command through the platform's control plane: works without SSH; no stdin, output of a bounded size. */
export async function runThroughApi(environment: Environment, shell: Shell, request: RemoteRequest): Promise<Answer> {
  const [line] = request.command;
  const command = request.command.length === 1 ? ['sh', '-c', line as string] : [...request.command];
  const { instance } = request;
  const result = await environment.exec({ command, ...(instance === undefined ? {} : { instance }) });
  if (request.capture) return answerOf(environment, result);
  shell.handOver();
  shell.streams.stdout.write(result.stdout);
  shell.streams.stderr.write(result.stderr);
  return { streamed: true, exitCode: result.exitCode };
}

/**
 * One word is a command line for the remote shell; several are a program and its arguments, quoted so that they arrive as they
 * were given here.
 */
export function commandLine(words: readonly string[]): string | undefined {
  if (words.length <= 1) return words[0];
  return words.map(quoteWord).join(' ');
}

function sessionRequest(
  { command, method, instance, terminal, capture, forwardAgent }: RemoteRequest,
  { streams, env }: Shell,
): SessionRequest {
  const line = commandLine(command);
  const here = streams.stdin.isTTY === true && streams.stdout.isTTY === true;
  const wanted = !capture && (terminal || (here && line === undefined));
  return {
    ...(line === undefined ? {} : { command: line }),
    ...(method === undefined ? {} : { method }),
    ...(instance === undefined ? {} : { instance }),
    ...(forwardAgent === undefined ? {} : { forwardAgent }),
    ...(wanted
      ? {
          terminal: {
            type: env['TERM'] ?? 'xterm-256color',
            columns: streams.stdout.columns ?? 80,
            rows: streams.stdout.rows ?? 24,
          },
        }
      : {}),
  };
}

/** What to type where the provider opens terminals only, or none. */
function sessionAdvice(
  { provider }: Environment,
  { command, next = plainCommand }: RemoteRequest,
): Parameters<typeof adviseInstead>[1] {
  const shell = `Open a shell, in a terminal: ${next('connect')}`;
  const api = `Run ${command.length > 0 ? 'it' : 'a command'} through the platform's API: ${next('exec --method api')} -- <command>`;
  return {
    command: command.length > 0 && provider.capabilities.includes('exec') ? `${api}\n${shell}` : shell,
    forwardsAgent: `Without the agent: ${next('connect')}`,
    terminal: `Run a command without a terminal: ${next('exec')} -- <command>`,
    ...(provider.capabilities.includes('exec') ? { session: api } : {}),
  };
}

/** What `--method` takes here. */
function methodAdvice({ provider }: Environment, { method, via = 'exec', next = plainCommand }: RemoteRequest): string {
  const toExec =
    method === 'api' && via === 'connect' && provider.capabilities.includes('exec')
      ? [`Only exec goes through the platform's API: ${next('exec --method api')} -- <command>`]
      : [];
  return [
    ...toExec,
    `${provider.title} has:`,
    ...formatMethods(methodsOf(provider, via)).map((line) => `  ${line}`),
  ].join('\n');
}

function answerOf(environment: Environment, { exitCode, stdout, stderr }: ExecResult): Answer {
  const document: CapturedResult = {
    schema: 'sindri.exec/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    exitCode,
    stdout,
    stderr,
  };
  return { document, text: () => '', exitCode };
}

function collector(): { stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
