import type { ExecRequest, ExecResult, OperationContext, SecretBundle, Session, SessionRequest } from '@sindri/core';
import { openProcess, readFile, runProcess, writeFile, type Engine } from '@sindri/docker-engine';
import { developerUser, homePath } from '@sindri/image-contract';

/**
 * The file in a container that holds its secrets. What an engine is told of variables stands in `docker inspect`, for everybody who may
 * ask; a file does not. It is written before the first start, and stays in the container's own layer.
 */
const NAME = '.sindri-secrets';

/** Makes the variables of the secrets file, which comes in one of its own, and runs what follows. */
const READ_SECRETS = 'eval "$SINDRI_SECRETS"; unset SINDRI_SECRETS;';
const WITH_SECRETS = ['/bin/sh', '-c', `${READ_SECRETS} exec "$@"`, 'sindri'];

/**
 * The login shell of whoever runs this, as /etc/passwd says it; with an argument it runs that command. The secrets come after the profile:
 * that of a Sindri image sets them, too, and cuts values at their first line.
 */
const LOGIN_SHELL = [
  's=$(sed -n "s/^$(id -un):.*://p" /etc/passwd 2>/dev/null)',
  '[ -x "$s" ] || s=/bin/sh',
  `exec "$s" -lc '${READ_SECRETS} [ $# = 0 ] && exec "$0"; eval "$1"' "$s" \${1+"$1"}`,
].join('; ');

/** An entrypoint that reads the file and becomes the image's own. */
export function startWithSecrets(entrypoint: readonly string[]): string[] {
  return ['/bin/sh', '-c', `. /${NAME}; exec "$@"`, 'sindri', ...entrypoint];
}

/** The file's content: shell, which is also easy to read back. Empty when there are no secrets. */
export function secretsText(secrets: SecretBundle): string {
  const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
  return secrets.entries.map(({ name }) => `export ${name}=${quoted(secrets.reveal(name))}\n`).join('');
}

export async function writeSecrets(engine: Engine, id: string, text: string, readableByAll: boolean): Promise<void> {
  await writeFile(engine, id, { name: NAME, content: text, mode: readableByAll ? 0o444 : 0o400 });
}

/** What a container has got, as it was written. Nothing of it may be said. */
export async function readSecrets(engine: Engine, id: string, { hide }: OperationContext): Promise<string> {
  const text = (await readFile(engine, id, `/${NAME}`)) ?? '';
  for (const [, value = ''] of text.matchAll(/^export \w+='((?:[^']|'\\'')*)'$/gm))
    hide(value.replaceAll(`'\\''`, "'"));
  return text;
}

/** One command, with the environment's secrets as its variables. */
export async function runInside(
  engine: Engine,
  context: OperationContext,
  id: string,
  request: ExecRequest,
): Promise<ExecResult> {
  const env = { SINDRI_SECRETS: await readSecrets(engine, id, context) };
  return runProcess(engine, context, id, { ...request, command: [...WITH_SECRETS, ...request.command], env });
}

/** A login shell, or a command in one, as the user of a Sindri image, or as the image's own where it has none. */
export async function openInside(
  engine: Engine,
  context: OperationContext,
  id: string,
  { command, terminal, env }: SessionRequest,
): Promise<Session> {
  const secrets = await readSecrets(engine, id, context);
  context.signal.throwIfAborted();
  return openProcess(engine, context, id, {
    command: ['/bin/sh', '-c', LOGIN_SHELL, 'sindri', ...(command === undefined ? [] : [command])],
    env: { SINDRI_SECRETS: secrets, ...env },
    user: { name: developerUser, home: homePath },
    ...(terminal === undefined ? {} : { terminal }),
  });
}
