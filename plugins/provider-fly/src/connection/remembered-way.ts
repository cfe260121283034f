import { createFileStore, type OperationContext } from '@sindri/core';

/** Which connection method has worked last, from this computer to one app. It decides what `auto` tries first, and nothing else. */
export interface RememberedWay {
  /** `null` = nothing is known. */
  get(): Promise<string | null>;
  /** What cannot be written is tried anew. */
  set(method: string): Promise<void>;
}

export function rememberedWay({ stateDir }: Pick<OperationContext, 'stateDir'>, app: string): RememberedWay {
  const store = createFileStore(stateDir);
  const entry = `fly/ways/${app}.json`;
  const read = async (): Promise<string | null> => {
    const value = await store.readJson(entry).catch(() => null);
    const method = typeof value === 'object' && value !== null && !Array.isArray(value) ? value['method'] : null;
    return typeof method === 'string' ? method : null;
  };
  let known: Promise<string | null> | undefined;
  const get = (): Promise<string | null> => (known ??= read());
  return {
    get,
    async set(method) {
      if ((await get()) !== method) await store.writeJson(entry, { method }).catch(() => undefined);
      known = Promise.resolve(method);
    },
  };
}
