import { FlyApiError } from './errors.js';
import type { EndpointName } from './endpoints.js';
import type { Send } from './send.js';

/** The private network of an app: whose it is, and which of theirs. */
export interface AppNetwork {
  organization: { id: string; slug: string };
  /** `null` = the network that every app of the organization is in unless it was made for another. */
  network: string | null;
}

/** A WireGuard peer as Fly has made it. */
export interface MadePeer {
  /** Its address in the private network. */
  address: string;
  /** The gateway: an address or a host name, and its public key. */
  gateway: { host: string; publicKey: string };
}

/** Every peer of an organization, whoever made it. */
export interface OrganizationPeers {
  organization: AppNetwork['organization'];
  peers: { name: string; address: string; region: string | null }[];
}

/** What only Fly's GraphQL API does: ways into the private network, and certificates for the SSH server that every machine has. */
export interface PrivateNetworkApi {
  /** Throws `FLY_NOT_FOUND`. */
  networkOf(app: string): Promise<AppNetwork>;
  addPeer(request: AppNetwork & { name: string; publicKey: string }): Promise<MadePeer>;
  removePeer(organization: AppNetwork['organization'], name: string): Promise<void>;
  /** Whether Fly still knows the peer with this address. */
  knowsPeer(address: string): Promise<boolean>;
  /** By its slug; `personal` is the user's own. Throws `FLY_NOT_FOUND`. */
  peers(organization: string): Promise<OrganizationPeers>;
  /** An OpenSSH certificate for the app's machines, as one line, for the key. Valid for an hour. */
  issueCertificate(request: {
    organization: AppNetwork['organization'];
    app: string;
    user: string;
    publicKey: string;
  }): Promise<string>;
}

export function privateNetworkApi(send: Send): PrivateNetworkApi {
  return {
    async networkOf(app) {
      const query = 'query($app: String!) { app(name: $app) { network organization { id slug } } }';
      const { app: found } = await ask<{ app: (AppNetwork & { network?: string | null }) | null }>(
        send,
        'readAppNetwork',
        { app },
        query,
        { app },
      );
      if (found === null) throw unanswered('FLY_NOT_FOUND', `There is no app ${app}, or the token may not see it.`);
      return { organization: found.organization, network: found.network || null };
    },
    async addPeer({ organization, network, name, publicKey }) {
      const mutation =
        'mutation($input: AddWireGuardPeerInput!) { addWireGuardPeer(input: $input) { peerip endpointip pubkey } }';
      const input = {
        organizationId: organization.id,
        name,
        pubkey: publicKey,
        ...(network === null ? {} : { network }),
      };
      const { addWireGuardPeer: made } = await ask<{
        addWireGuardPeer: { peerip: string; endpointip: string; pubkey: string } | null;
      }>(send, 'addPeer', { organization: organization.slug }, mutation, { input });
      if (made === null) throw unanswered('FLY_ANSWER_UNEXPECTED', 'Fly has made no WireGuard peer, and says not why.');
      return { address: made.peerip, gateway: { host: made.endpointip, publicKey: made.pubkey } };
    },
    async removePeer(organization, name) {
      const mutation =
        'mutation($input: RemoveWireGuardPeerInput!) { removeWireGuardPeer(input: $input) { organization { id } } }';
      await ask(send, 'removePeer', { peer: name }, mutation, { input: { organizationId: organization.id, name } });
    },
    async knowsPeer(address) {
      const mutation =
        'mutation($input: ValidateWireGuardPeersInput!) { validateWireGuardPeers(input: $input) { invalidPeerIps } }';
      const { validateWireGuardPeers: checked } = await ask<{
        validateWireGuardPeers: { invalidPeerIps?: string[] | null } | null;
      }>(send, 'checkPeer', {}, mutation, { input: { peerIps: [address] } });
      return !(checked?.invalidPeerIps ?? []).includes(address);
    },
    async peers(slug) {
      const query =
        'query($slug: String!) { organization(slug: $slug) { id slug wireGuardPeers { nodes { name peerip region } } } }';
      const { organization: found } = await ask<{
        organization:
          (AppNetwork['organization'] & { wireGuardPeers?: { nodes?: (WirePeer | null)[] | null } | null }) | null;
      }>(send, 'listPeers', { organization: slug }, query, { slug });
      if (found === null) {
        throw unanswered('FLY_NOT_FOUND', `There is no organization ${slug}, or the token may not see it.`);
      }
      const nodes = (found.wireGuardPeers?.nodes ?? []).filter((node) => node !== null);
      return {
        organization: { id: found.id, slug: found.slug },
        peers: nodes.map(({ name, peerip, region }) => ({ name, address: peerip, region: region ?? null })),
      };
    },
    async issueCertificate({ organization, app, user, publicKey }) {
      const mutation = 'mutation($input: IssueCertificateInput!) { issueCertificate(input: $input) { certificate } }';
      const input = {
        organizationId: organization.id,
        appNames: [app],
        // As flyctl asks for them.
        principals: [user, 'fly'],
        publicKey,
        validHours: 1,
      };
      const { issueCertificate: issued } = await ask<{ issueCertificate: { certificate: string } | null }>(
        send,
        'issueCertificate',
        { app },
        mutation,
        { input },
      );
      if (issued === null)
        throw unanswered('FLY_ANSWER_UNEXPECTED', 'Fly has issued no certificate, and says not why.');
      return issued.certificate;
    },
  };
}

interface WirePeer {
  name: string;
  peerip: string;
  region?: string | null;
}

interface GraphQlAnswer<T> {
  data?: T | null;
  errors?: { message?: string; extensions?: { code?: unknown } }[] | null;
}

/** One question to the GraphQL API, which says no with status 200. */
async function ask<T>(
  send: Send,
  endpoint: EndpointName,
  params: Record<string, string>,
  query: string,
  variables: Record<string, unknown>,
): Promise<T> {
  const body = { query, variables: variables as Record<string, never> };
  const { data, errors } = await send<GraphQlAnswer<T>>(endpoint, { params, body });
  const [refusal] = errors ?? [];
  if (refusal !== undefined) {
    const code = CODES[String(refusal.extensions?.code)] ?? 'FLY_REQUEST_REFUSED';
    throw unanswered(code, `Fly refused: ${refusal.message ?? 'it does not say why'}`.replace(/[^.]$/, '$&.'));
  }
  if (data === null || data === undefined) throw unanswered('FLY_ANSWER_UNEXPECTED', 'Fly has answered nothing.');
  return data;
}

type GraphQlRefusal = 'FLY_NOT_FOUND' | 'FLY_FORBIDDEN' | 'FLY_REQUEST_REFUSED' | 'FLY_ANSWER_UNEXPECTED';

const CODES: Readonly<Record<string, GraphQlRefusal>> = {
  NOT_FOUND: 'FLY_NOT_FOUND',
  UNAUTHORIZED: 'FLY_FORBIDDEN',
  FORBIDDEN: 'FLY_FORBIDDEN',
};

function unanswered(code: GraphQlRefusal, message: string): FlyApiError {
  return new FlyApiError({
    status: 200,
    code,
    kind: code === 'FLY_ANSWER_UNEXPECTED' ? 'incomplete' : 'refused',
    message,
    hint:
      code === 'FLY_FORBIDDEN'
        ? 'The private network belongs to the organization: use a token of yours or of the organization, or connect with --method direct.'
        : 'Try again, or connect with --method direct.',
  });
}
