import { ADDRESSES } from './addresses.js';
import { APPS } from './apps.js';
import { MACHINES } from './machines.js';
import { ORGANIZATIONS } from './organizations.js';
import { PRIVATE_NETWORK } from './private-network.js';
import { RELEASES } from './releases.js';
import { ROOTS } from './roots.js';
import { TOKENS } from './tokens.js';

/**
 * The part of Fly's GraphQL schema that flyctl needs. The names of types and arguments are Fly's, because clients declare their variables
 * with them. Whatever else is asked for is refused by the executor, which names it.
 */
export const SCHEMA = [ROOTS, ORGANIZATIONS, APPS, RELEASES, ADDRESSES, MACHINES, TOKENS, PRIVATE_NETWORK].join('\n');
