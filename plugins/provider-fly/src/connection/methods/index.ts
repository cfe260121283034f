import type { ConnectionMethod } from '@sindri/core';
import { dedicated } from './dedicated.js';
import { direct } from './direct.js';
import { hallpass } from './hallpass.js';
import type { FlyConnectionMethod } from './method.js';
import { proxy } from './proxy.js';
import { tls } from './tls.js';

/** Every connection method of this provider, in the order of help and of `auto`. */
export const methods: readonly FlyConnectionMethod[] = [direct, dedicated, tls, proxy, hallpass];

/** The same as data, for core. */
export const connectionMethods: readonly ConnectionMethod[] = methods.map(({ name, title, needs }) => ({
  name,
  title,
  needs,
}));
