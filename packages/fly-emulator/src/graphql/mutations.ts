import { badRequest, notFound, unprocessable } from '../api-error.js';
import { parseGoDuration } from '../go-duration.js';
import { isJsonObject, type JsonValue } from '../json.js';
import { allocateIp, releaseIp } from '../platform/addresses.js';
import type { AppRecord, IpType, OrgRecord, TokenRecord } from '../records.js';
import { reachesApp, reachesOrg } from '../rest/access.js';
import type { TokenRequest } from '../tokens.js';
import { ipId, ipObject } from './address-object.js';
import { appObject } from './app-object.js';
import { appOf, orgWith, writableAppOf, writableOrgWithId, type Caller } from './caller.js';
import { organizationObject } from './organization-object.js';
import { tokenObject } from './token-object.js';

type Given<T> = T | null | undefined;
type Input<T> = { input: T & { clientMutationId?: Given<string> } };

/** The root fields that change something, one function each. */
export const MUTATIONS = {
  allocateIpAddress({ input }: Input<AllocateInput>, caller: Caller) {
    const app = writableAppOf(caller, input.appId);
    checkOwnNetwork(caller, app, input);
    const ip = allocateIp(caller.platform, app, {
      type: input.type,
      region: input.region ?? '',
      serviceName: input.serviceName ?? '',
    });
    return { app: appObject(caller, app), ipAddress: ipObject(app, ip), clientMutationId: input.clientMutationId };
  },

  releaseIpAddress({ input }: Input<ReleaseInput>, caller: Caller) {
    const app = writableAppOf(caller, input.appId ?? '');
    const named = app.ips.find((ip) => ipId(app, ip) === input.ipAddressId);
    releaseIp(caller.platform, app, input.ip ?? named?.ip ?? '');
    return { app: appObject(caller, app), clientMutationId: input.clientMutationId };
  },

  createLimitedAccessToken({ input }: Input<TokenInput>, caller: Caller) {
    const { platform, tokens } = caller;
    const org = writableOrgWithId(caller, input.organizationId);
    const maker = tokens.find((token) => reachesOrg(token, org.slug, true)) as TokenRecord;
    const text = platform.tokens.create({
      ...restrictionOf(input, org, caller),
      name: input.name,
      expiresAt: expiryOf(input.expiry, maker, platform.clock.now()),
      createdBy: maker.createdBy ?? maker.user,
      plain: true,
    });
    const record = platform.store.tokenWithText(text) as TokenRecord;
    const limitedAccessToken = { ...tokenObject(record), token: text, tokenHeader: `FlyV1 ${text}` };
    return { limitedAccessToken, clientMutationId: input.clientMutationId };
  },

  deleteLimitedAccessToken({ input }: Input<{ id?: Given<string>; token?: Given<string> }>, caller: Caller) {
    const { store, tokens } = caller.platform;
    const record = typeof input.id === 'string' ? store.token(input.id) : store.tokenWithText(input.token ?? '');
    if (!record || record.kind === 'personal' || !mayRevoke(caller, record)) throw notFound('Could not find Token');
    tokens.revoke(record.token);
    return { token: null, clientMutationId: input.clientMutationId };
  },

  async addWireGuardPeer({ input }: Input<PeerInput>, caller: Caller) {
    const org = orgToJoin(caller, input.organizationId);
    const { peer, endpoint } = await caller.platform.privateNetwork.addPeer(org, {
      name: input.name,
      publicKey: input.pubkey,
      region: input.region ?? null,
      network: input.network ?? null,
    });
    return { peerip: peer.ip, endpointip: endpoint.host, pubkey: endpoint.publicKey, network: input.network };
  },

  removeWireGuardPeer({ input }: Input<{ name: string; organizationId: string }>, caller: Caller) {
    const org = writableOrgWithId(caller, input.organizationId);
    caller.platform.privateNetwork.removePeer(org, input.name);
    return { organization: organizationObject(caller, org) };
  },

  validateWireGuardPeers({ input }: Input<{ peerIps: string[] }>, { platform: { privateNetwork } }: Caller) {
    const validPeerIps = input.peerIps.filter((ip) => privateNetwork.isPeer(ip));
    return { validPeerIps, invalidPeerIps: input.peerIps.filter((ip) => !validPeerIps.includes(ip)) };
  },

  issueCertificate({ input }: Input<CertificateInput>, caller: Caller) {
    const org = orgWith(caller, 'id', input.organizationId);
    const apps = input.appNames ?? null;
    for (const name of apps ?? []) {
      if (writableAppOf(caller, name).org !== org.slug) {
        throw unprocessable(`the app "${name}" is not of this organization`);
      }
    }
    if (apps === null) writableOrgWithId(caller, input.organizationId);
    const certificate = caller.platform.privateNetwork.issueCertificate(org, {
      apps,
      principals: input.principals ?? [],
      publicKey: input.publicKey ?? '',
      validHours: input.validHours ?? 1,
      keyId: caller.tokens[0]?.user ?? '',
    });
    return { certificate, key: null };
  },
};

interface AllocateInput {
  appId: string;
  type: IpType;
  region?: Given<string>;
  serviceName?: Given<string>;
  organizationId?: Given<string>;
  network?: Given<string>;
}

interface ReleaseInput {
  appId?: Given<string>;
  ip?: Given<string>;
  ipAddressId?: Given<string>;
}

interface TokenInput {
  name: string;
  organizationId: string;
  profile: string;
  profileParams?: Given<JsonValue>;
  expiry?: Given<string>;
}

interface PeerInput {
  name: string;
  organizationId: string;
  pubkey: string;
  region?: Given<string>;
  network?: Given<string>;
}

interface CertificateInput {
  organizationId: string;
  appNames?: Given<string[]>;
  principals?: Given<string[]>;
  publicKey?: Given<string>;
  validHours?: Given<number>;
}

/** The organisation whose network a peer may join. A token for one app in it is enough: flyctl makes those for SSH alone of it. */
function orgToJoin(caller: Caller, id: string): OrgRecord {
  const org = orgWith(caller, 'id', id);
  if (caller.tokens.some(({ kind, orgs }) => kind !== 'readonly' && orgs.includes(org.slug))) return org;
  throw unprocessable('Not authorized to change this organization');
}

/** A private address for the network of somebody else would need a way there. */
function checkOwnNetwork(caller: Caller, app: AppRecord, { organizationId: id, network }: AllocateInput): void {
  const isOwnOrg = typeof id !== 'string' || id === '' || orgWith(caller, 'id', id).slug === app.org;
  const isOwnNetwork = (network ?? '') === '' || network === app.network;
  if (isOwnOrg && isOwnNetwork) return;
  throw unprocessable('this local emulator gives private addresses on the network of the app itself only');
}

/** What the token is good for. A restriction that is not kept here is refused, never left out. */
function restrictionOf({ profile, profileParams }: TokenInput, org: OrgRecord, caller: Caller): TokenRequest {
  const { app_id: name, ...others } = isJsonObject(profileParams) ? profileParams : {};
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw unprocessable(`this local emulator cannot restrict a token by "${unknown}"`);
  if (profile === 'deploy') {
    const app = appOf(caller, String(name ?? ''));
    if (app.org !== org.slug) throw unprocessable(`the app "${app.name}" is not of this organization`);
    return { kind: 'deploy', app: app.name };
  }
  if (profile === 'deploy_organization' && name === undefined) return { kind: 'org', org: org.slug };
  throw unprocessable(`this local emulator makes no tokens of the profile "${profile}"`);
}

/** Milliseconds since the epoch: as asked, but no token outlives the one it was made with. */
function expiryOf(expiry: Given<string>, maker: TokenRecord, now: number): number | undefined {
  const ms = (expiry ?? '') === '' ? Infinity : parseGoDuration(expiry);
  if (ms === null || ms <= 0) throw badRequest(`invalid expiry "${expiry}"`);
  const end = Math.min(now + ms, maker.expiresAt ?? Infinity);
  return end === Infinity ? undefined : end;
}

/** Those of one app by whoever may change that app, those of an organisation by whoever may change the whole. */
function mayRevoke({ platform, tokens }: Caller, { app: name, orgs }: TokenRecord): boolean {
  const app = name === null ? undefined : platform.store.app(name);
  if (app) return tokens.some((token) => reachesApp(token, app, true));
  return orgs.every((slug) => tokens.some((token) => reachesOrg(token, slug, true)));
}
