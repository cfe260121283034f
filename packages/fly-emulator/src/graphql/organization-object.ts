import { notFound } from '../api-error.js';
import { organizationId } from '../platform/organization-id.js';
import type { OrgRecord, WireGuardPeerRecord } from '../records.js';
import { reachesWholeOrg, type Caller } from './caller.js';
import { connection, type Paging } from './connection.js';
import type { GraphqlObject } from './graphql-object.js';
import { tokenObject } from './token-object.js';

/** An organisation as GraphQL shows it. Nothing costs anything here: every one counts as one that pays. */
export function organizationObject(caller: Caller, org: OrgRecord): GraphqlObject {
  const { platform, tokens } = caller;
  const isPersonal = org.slug === 'personal';
  // Lists of the whole organisation are empty for a token of one app.
  const whole = <T>(list: () => T[]): T[] => (reachesWholeOrg(caller, org) ? list() : []);
  return {
    id: organizationId(platform.store, org),
    internalNumericId: String(org.numericId),
    slug: org.slug,
    rawSlug: org.slug,
    name: org.name,
    type: isPersonal ? 'PERSONAL' : 'SHARED',
    paidPlan: true,
    billable: true,
    billingStatus: 'CURRENT',
    provisionsBetaExtensions: false,
    addOnSsoLink: null,
    viewerRole: tokens.some(({ kind }) => kind === 'personal') ? 'admin' : 'member',
    remoteBuilderImage: '',
    remoteBuilderApp: null,
    // The emulator knows tokens, and no people.
    members: { edges: [] },
    addOns: { nodes: [] },
    limitedAccessTokens: (paging: Paging) =>
      connection(
        whole(() =>
          platform.store.state.tokens.filter(({ orgs, kind }) => kind !== 'personal' && orgs.includes(org.slug)),
        ).map(tokenObject),
        paging,
      ),
    wireGuardPeers: (paging: Paging) =>
      connection(whole(() => platform.privateNetwork.peers(org)).map(peerObject), paging),
    wireGuardPeer({ name }: { name: string }) {
      const peer = whole(() => platform.privateNetwork.peers(org)).find((candidate) => candidate.name === name);
      if (!peer) throw notFound(`Could not find WireGuard peer "${name}"`);
      return peerObject(peer);
    },
    // Certificates that were issued are not written down.
    loggedCertificates: () => ({
      nodes: whole(() => [{ root: true, cert: platform.privateNetwork.sshAuthority(org) }]),
    }),
  };
}

function peerObject({ id, name, publicKey, region, ip, network }: WireGuardPeerRecord) {
  return { id, name, pubkey: publicKey, region, peerip: ip, network: network === 'default' ? null : network };
}
