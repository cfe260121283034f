import type { OperationContext, SecretBundle } from '@sindri/core';
import type { Engine } from './engine/client.js';
import { firstFileOf, tarOf } from './engine/tar.js';

/**
 * The file in a container that holds its secrets. What an engine is told of variables stands in `docker inspect`, for everybody who may
 * ask; a file does not. It is written before the first start, and stays in the container's own layer.
 */
const NAME = '.sindri-secrets';

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
  const body = tarOf(NAME, Buffer.from(text), readableByAll ? 0o444 : 0o400);
  await engine.call('PUT', `/containers/${id}/archive`, { query: { path: '/' }, body });
}

export async function readSecretsText(engine: Engine, id: string): Promise<string> {
  const tar = await engine.find<Buffer>(`/containers/${id}/archive`, { query: { path: `/${NAME}` } });
  return (tar && firstFileOf(tar)?.toString()) ?? '';
}

/** What a session gets besides the variables of its container. Nothing of it may be said. */
export async function readSecrets(
  engine: Engine,
  id: string,
  { hide }: OperationContext,
): Promise<Record<string, string>> {
  const text = await readSecretsText(engine, id);
  const found = [...text.matchAll(/^export (\w+)='((?:[^']|'\\'')*)'$/gm)];
  const values = Object.fromEntries(found.map(([, name = '', value = '']) => [name, value.replaceAll(`'\\''`, "'")]));
  Object.values(values).forEach(hide);
  return values;
}
