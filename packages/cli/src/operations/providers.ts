import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

export interface ProviderListing {
  name: string;
  title: string | null;
  apiVersion: number;
  /** Who brings it: `@sindri/provider-fly 0.1.0`. */
  origin: string;
  /** `null` when it could not be loaded. */
  capabilities: string[] | null;
  /** Whether `--local` works. */
  local: boolean;
  /** Why it cannot be used. */
  problem: { code: string; message: string; hint?: string } | null;
}

export interface ProviderListResult {
  schema: 'sindri.provider-list/1';
  providers: ProviderListing[];
}

/** Every provider that a plugin declares, also those that cannot be used, with the reason. */
export async function listProviders(shell: Shell): Promise<ProviderListResult> {
  const { toSindriError } = core();
  const registry = shell.providers();
  const providers = await Promise.all(
    registry.list().map(async ({ name, title, apiVersion, origin, local }): Promise<ProviderListing> => {
      const listing = { name, title: title ?? null, apiVersion, origin, local: local !== undefined };
      try {
        const provider = await registry.get(name);
        return { ...listing, title: provider.title, capabilities: [...provider.capabilities], problem: null };
      } catch (error) {
        const { code, message, hint } = toSindriError(error);
        return { ...listing, capabilities: null, problem: { code, message, ...(hint === undefined ? {} : { hint }) } };
      }
    }),
  );
  return { schema: 'sindri.provider-list/1', providers };
}
