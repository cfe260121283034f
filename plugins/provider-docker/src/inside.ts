import type { ExecRequest, ExecResult, OperationContext, Session, SessionRequest } from '@sindri/core';
import { findUser, openProcess, readFile, runProcess, writeFile, type Engine } from '@sindri/docker-engine';
import { developerUser, exportsVariable, homePath } from '@sindri/image-contract';
import { loginShell, readExportLines, withExports } from '@sindri/image-contract';
import type { Place } from './shapes.js';

/**
 * The file in a container that holds its secrets. What an engine is told of variables stands in `docker inspect`, for everybody who may
 * ask; a file does not. It is written before the first start, and stays in the container's own layer.
 */
const NAME = '.sindri-secrets';
export const secretsFile = `/${NAME}`;

export async function writeSecrets(engine: Engine, id: string, text: string, readableByAll = false): Promise<void> {
  if (text !== '') await writeFile(engine, id, { name: NAME, content: text, mode: readableByAll ? 0o444 : 0o400 });
}

/** What a container has got: as it was written, and by name. Nothing of it may be said. */
export async function readSecrets(engine: Engine, id: string, { hide }: OperationContext) {
  const text = (await readFile(engine, id, secretsFile)) ?? '';
  const values = readExportLines(text);
  for (const value of values.values()) hide(value);
  return { text, values };
}

/** One command, with the environment's secrets as its variables. */
export async function runInside(
  { engine, container: { id } }: Place,
  request: ExecRequest,
  context: OperationContext,
): Promise<ExecResult> {
  const env = { [exportsVariable]: (await readSecrets(engine, id, context)).text };
  return runProcess(engine, context, id, { ...request, command: withExports(request.command), env });
}

/** A login shell, or a command in one, as the user of a Sindri image, or as the image's own where it has none. */
export async function openInside(
  { engine, container: { id } }: Place,
  { command, terminal, env }: SessionRequest,
  context: OperationContext,
): Promise<Session> {
  const [{ text }, user] = await Promise.all([
    readSecrets(engine, id, context),
    findUser(engine, id, { name: developerUser, home: homePath }),
  ]);
  context.signal.throwIfAborted();
  return openProcess(engine, context, id, {
    command: loginShell(command),
    env: { [exportsVariable]: text, ...env },
    user,
    ...(terminal === undefined ? {} : { terminal }),
  });
}
