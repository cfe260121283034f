import {
  keptAfter,
  keptValues,
  type OperationContext,
  type SecretBundle,
  type SecretsThere,
  type SecretsUpdate,
  type SecretValues,
} from '@sindri/core';
import type { Engine } from './client.js';
import { keepFile, readKept, type KeptFile, type NewKeptFile } from './kept-file.js';

/** Where secrets are kept that were set apart from a deploy: the values in a file of a numbered volume, all else in its labels. */
export interface SecretStore extends Omit<NewKeptFile, 'labels' | 'write'> {
  labels(generation: number, kept: SecretsThere['kept']): Readonly<Record<string, string>>;
}

/** Keeps what `update` says beside what is `there`. `false` when somebody else has been faster. See {@link keepFile}. */
export async function keepSecrets(
  engine: Engine,
  { labels, ...store }: SecretStore,
  there: SecretsThere,
  update: SecretsUpdate,
  context: OperationContext & { readonly secrets: SecretBundle },
): Promise<boolean> {
  const kept = keptAfter(there, update, new Date(context.clock.now()).toISOString());
  const write = (text: string): string | null => {
    const values = keptValues(kept, update, context.secrets, read(text, context));
    return values && JSON.stringify(Object.fromEntries(values));
  };
  const file = { ...store, labels: (generation: number) => labels(generation, kept) };
  return keepFile(engine, { ...file, write: Object.keys(kept).length === 0 ? null : write }, context);
}

/** The values that are kept in a volume. Nobody sees them from now on. */
export async function readKeptSecrets(
  engine: Engine,
  file: KeptFile,
  context: OperationContext,
): Promise<SecretValues> {
  return read((await readKept(engine, file)) ?? '', context);
}

function read(text: string, { hide }: OperationContext): SecretValues {
  const values = new Map(Object.entries(JSON.parse(text || '{}') as Record<string, string>));
  for (const value of values.values()) hide(value);
  return values;
}
