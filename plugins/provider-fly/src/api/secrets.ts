import { FlyApiError } from './errors.js';
import { byName, once } from './once.js';
import type { Send } from './send.js';
import type { WireSecret, WireSecretReply, WireSecretsReply } from './types.js';

export interface SecretsApi {
  /** Names and digests; values never come back. */
  list(app: string): Promise<WireSecret[]>;
  /** Sets values, removes those that are `null`. `version` is what a machine must be told to wait for. */
  set(app: string, values: Record<string, string | null>): Promise<SecretsSet>;
}

export interface SecretsSet {
  secrets: WireSecret[];
  version: number | null;
}

export function secretsApi(send: Send): SecretsApi {
  return {
    list,
    async set(app, values) {
      try {
        const reply = await send<WireSecretsReply | undefined>('setSecrets', { params: { app }, body: { values } });
        return { secrets: reply?.secrets ?? [], version: versionOf(reply) };
      } catch (error) {
        // Setting several at once is the younger call; other servers of this API only know one at a time.
        if (error instanceof FlyApiError && error.status === 405) return setOneByOne(app, values);
        throw error;
      }
    },
  };

  async function list(app: string): Promise<WireSecret[]> {
    const reply = await send<WireSecretsReply | undefined>('listSecrets', { params: { app } });
    return once(reply?.secrets ?? [], byName);
  }

  async function setOneByOne(app: string, values: Record<string, string | null>): Promise<SecretsSet> {
    let version: number | null = null;
    for (const [name, value] of Object.entries(values)) {
      const params = { app, name };
      const reply =
        value === null
          ? await send<WireSecretReply | undefined>('deleteSecret', { params })
          : await send<WireSecretReply | undefined>('setSecret', { params, body: { value } });
      version = versionOf(reply) ?? version;
    }
    return { secrets: await list(app), version };
  }
}

function versionOf(reply: { version?: number; Version?: number } | undefined): number | null {
  return reply?.version ?? reply?.Version ?? null;
}
