import { generateKeyPair, openTunnel, udpEndpoint, webSocketEndpoint, type Tunnel } from '@sindri/wireguard';
import type { Subject } from '../support/fly.js';

/** A peer of the emulator's private network, and its tunnel. */
export interface TestPeer {
  tunnel: Tunnel;
  name: string;
  ip: string;
  /** `fdaa:x:y` */
  prefix: string;
}

const ADD = `mutation ($input: AddWireGuardPeerInput!) {
  addWireGuardPeer(input: $input) { peerip endpointip pubkey network }
}`;
export const ask = async (fly: Subject, query: string, variables: object = {}, token = fly.token) =>
  (await fly.as(token).post('/graphql', { query, variables })).body;

export const organizationId = async (fly: Subject, slug = 'personal'): Promise<string> =>
  (await ask(fly, 'query ($slug: String!) { organization(slug: $slug) { id } }', { slug })).data.organization.id;

/** What the API answers to a peer of this name, with a fresh key unless one is given. */
export async function addPeer(
  fly: Subject,
  name: string,
  {
    org = 'personal',
    token = fly.token,
    ...input
  }: { org?: string; token?: string; pubkey?: string; network?: string; region?: string } = {},
) {
  const variables = {
    input: { organizationId: await organizationId(fly, org), name, pubkey: generateKeyPair().publicKey, ...input },
  };
  return ask(fly, ADD, variables, token);
}

/** Makes a peer and opens its tunnel. */
export async function joinNetwork(
  fly: Subject,
  name: string,
  options: { org?: string; network?: string; over?: 'udp' | 'websocket'; asFlyctl?: boolean } = {},
): Promise<TestPeer> {
  const { org, network, over = 'udp', asFlyctl = false } = options;
  const keys = generateKeyPair();
  const { data, errors } = await addPeer(fly, name, { org, network, pubkey: keys.publicKey });
  if (errors) throw new Error(errors[0].message);
  const { peerip, endpointip: host, pubkey } = data.addWireGuardPeer;
  const prefix = peerip.split(':').slice(0, 3).join(':');
  const place = fly.gateway();
  const tunnel = openTunnel({
    privateKey: keys.privateKey,
    // flyctl sends from the first address of its block.
    address: asFlyctl ? peerip.replace(/02$/, '00').replace(/:2$/, ':0') : peerip,
    // All private addresses: what leads out of its own network is for the gateway to drop.
    peer: { publicKey: pubkey, allowedIps: ['fdaa::/16'] },
    transports: [
      (receive) =>
        over === 'udp'
          ? udpEndpoint(host, place?.udpPort ?? 0, receive)
          : webSocketEndpoint({ host, port: place?.webSocketPort ?? 0 }, receive),
    ],
  });
  await tunnel.ready(60_000);
  return { tunnel, name, ip: peerip, prefix };
}

/** Sends `text` through a connection and reads what comes back until it ends. */
export async function talk({ tunnel }: TestPeer, address: string, port: number, text: string): Promise<string> {
  const stream = await tunnel.network.connect({ address, port, timeoutMs: 60_000 });
  stream.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
