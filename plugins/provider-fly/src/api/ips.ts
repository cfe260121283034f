import { existed } from './not-found.js';
import { once } from './once.js';
import type { IpType } from '../model.js';
import type { Send } from './send.js';
import type { WireIp } from './types.js';

export interface IpsApi {
  list(app: string): Promise<WireIp[]>;
  create(app: string, type: IpType): Promise<WireIp>;
  /** `false` when there was none. */
  delete(app: string, ip: string): Promise<boolean>;
}

export function ipsApi(send: Send): IpsApi {
  return {
    async list(app) {
      const reply = await send<{ ips: WireIp[] | null }>('listIps', { params: { app } });
      return once(reply.ips ?? [], ({ ip }) => ip);
    },
    create: (app, type) => send<WireIp>('createIp', { params: { app }, body: { type } }),
    delete: (app, ip) => existed(send<unknown>('deleteIp', { params: { app, ip } })),
  };
}
