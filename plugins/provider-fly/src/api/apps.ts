import { existed, orNull } from './not-found.js';
import type { Send } from './send.js';
import type { WireApp } from './types.js';

export interface AppsApi {
  /** `null` when no app of this name exists. Throws `FLY_FORBIDDEN` when it belongs to somebody else. */
  get(app: string): Promise<WireApp | null>;
  /** The reply is a token, an id or nothing, depending on the host's age: read the app to know it. */
  create(request: { app: string; organization: string }): Promise<void>;
  /** `false` when there was none. */
  delete(app: string, options: { force: boolean }): Promise<boolean>;
  /** A token that reaches this app alone. Nobody is told it again. */
  createDeployToken(app: string, options: { hours: number }): Promise<string>;
}

export function appsApi(send: Send): AppsApi {
  return {
    get: (app) => orNull(send<WireApp>('getApp', { params: { app } })),
    async create({ app, organization }) {
      // The spec says `name`; Fly's older documents, and servers written after them, say `app_name`. Unknown keys are ignored.
      const body = { name: app, app_name: app, org_slug: organization };
      await send<unknown>('createApp', { params: { app }, body });
    },
    async createDeployToken(app, { hours }) {
      // A Go duration; a body without it is refused.
      const reply = await send<{ token: string }>('createDeployToken', {
        params: { app },
        body: { expiry: `${hours}h` },
      });
      return reply.token;
    },
    delete: (app, { force }) =>
      existed(send<unknown>('deleteApp', { params: { app }, query: { force: force ? 'true' : undefined } })),
  };
}
