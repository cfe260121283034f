import type { Send } from './send.js';
import type { WireSecret, WireSecretsReply } from './types.js';

export interface SecretsApi {
  /** Names and digests; values never come back. */
  list(app: string): Promise<WireSecret[]>;
  /** Sets values, removes those that are `null`. `version` is what a machine must be told to wait for. */
  set(app: string, values: Record<string, string | null>): Promise<{ secrets: WireSecret[]; version: number | null }>;
}

export function secretsApi(send: Send): SecretsApi {
  return {
    async list(app) {
      const reply = await send<WireSecretsReply | undefined>('listSecrets', { params: { app } });
      return reply?.secrets ?? [];
    },
    async set(app, values) {
      const reply = await send<WireSecretsReply | undefined>('setSecrets', { params: { app }, body: { values } });
      return { secrets: reply?.secrets ?? [], version: reply?.version ?? reply?.Version ?? null };
    },
  };
}
