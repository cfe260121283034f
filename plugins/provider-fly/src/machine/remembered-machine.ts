import { createFileStore, isSindriError, type OperationContext } from '@sindri/core';

/**
 * The id of the machine that this computer has made last, per app. No proof of anything: it only says where to look while the lists
 * are behind, right after a deploy.
 */
export interface RememberedMachine {
  /** `null` when there is none, or none that can be read. */
  read(): Promise<string | null>;
  /** Best effort. */
  write(id: string): Promise<void>;
  /** Best effort, once it is gone. */
  forget(): Promise<void>;
}

export function rememberedMachine({ stateDir }: Pick<OperationContext, 'stateDir'>, app: string): RememberedMachine {
  const store = createFileStore(stateDir);
  const name = `fly/machines/${app}.json`;
  return {
    async read() {
      const value = await store.readJson(name).catch(ignore);
      const id = typeof value === 'object' && value !== null && !Array.isArray(value) ? value.id : null;
      return typeof id === 'string' && /^[0-9a-z]+$/.test(id) ? id : null;
    },
    async write(id) {
      await store.writeJson(name, { id }).catch(ignore);
    },
    async forget() {
      await store.delete(name).catch(ignore);
    },
  };
}

function ignore(error: unknown): null {
  if (isSindriError(error)) return null;
  throw error;
}
