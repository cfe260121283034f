import { createHash } from 'node:crypto';
import type { OrgRecord } from '../records.js';
import type { Store } from '../store.js';

/** The opaque id of an organisation in GraphQL and beside it; the same in every run of one emulator. */
export function organizationId({ state }: Store, { slug }: OrgRecord): string {
  return createHash('sha256')
    .update(`organization ${state.hostKeySeed} ${slug}`)
    .digest('base64url')
    .replace(/[-_]/g, '')
    .slice(0, 20);
}
