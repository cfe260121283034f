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

/** What a container has got, as it was written. Nothing of it may be said. */
export async function readSecrets(engine: Engine, id: string, { hide }: OperationContext): Promise<string> {
  const tar = await engine.find<Buffer>(`/containers/${id}/archive`, { query: { path: `/${NAME}` } });
  const text = (tar && firstFileOf(tar)?.toString()) ?? '';
  for (const [, value = ''] of text.matchAll(/^export \w+='((?:[^']|'\\'')*)'$/gm))
    hide(value.replaceAll(`'\\''`, "'"));
  return text;
}
