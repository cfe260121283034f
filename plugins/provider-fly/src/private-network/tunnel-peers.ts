import type { OperationContext, TunnelPeer, TunnelPeers } from '@sindri/core';
import { baseUrl } from '../api/base-url.js';
import type { FlyApi, OpenApi } from '../api/client.js';
import { hasCode } from '../api/errors.js';
import type { AppNetwork, OrganizationPeers } from '../api/private-network.js';
import { readEnvironmentDefaults } from '../environment-defaults.js';
import { flyError } from '../fly-error.js';
import { desiredNames } from '../planner/index.js';
import type { FlySpec } from '../model.js';
import { isOwnName, peerFolders } from './peer-names.js';
import { findPeers, type FoundPeer } from './peer-slot.js';

type Organization = AppNetwork['organization'];

/** The WireGuard peers of the organization that the app is in, or that a deploy would make it in. */
export function createTunnelPeers(openApi: OpenApi): TunnelPeers<FlySpec['options']> {
  return {
    async list(spec, context) {
      const api = await openApi(context);
      const { organization, peers } = await api.privateNetwork.peers(await slugOf(api, spec, context));
      const kept = await keptIn(organization, context);
      const forgotten = kept.filter(({ peer }) => peers.every(({ name }) => name !== peer.name));
      return [
        ...peers.map((peer) =>
          describe(
            peer,
            kept.find((one) => one.peer.name === peer.name),
          ),
        ),
        ...forgotten.map((one): TunnelPeer => {
          const { name, address } = one.peer;
          return { ...describe({ name, address, region: null }, one), state: one.isHeld ? 'in-use' : 'forgotten' };
        }),
      ].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'en'));
    },

    async remove(spec, name, context) {
      const api = await openApi(context);
      const { organization } = await api.privateNetwork.peers(await slugOf(api, spec, context));
      const kept = (await keptIn(organization, context)).find(({ peer }) => peer.name === name);
      // As long as it is held here, no command takes it.
      const slot = kept === undefined ? undefined : await kept.hold();
      if (slot === null) throw inUse(name);
      try {
        await removeAtFly(api, organization, name);
        // Whoever held it before may have put another one there.
        if ((await slot?.read())?.name === name) await slot?.clear();
      } finally {
        slot?.release();
      }
    },
  };
}

/** Those of this computer first, in the order in which they matter. */
const ORDER: readonly TunnelPeer['state'][] = ['in-use', 'kept', 'keyless', 'forgotten', 'foreign'];

function describe(peer: OrganizationPeers['peers'][number], kept: FoundPeer | undefined): TunnelPeer {
  if (kept === undefined) {
    return { ...peer, createdAt: null, state: isOwnName(peer.name) ? 'keyless' : 'foreign', keyFile: null };
  }
  const createdAt = new Date(kept.writtenAt).toISOString();
  return { ...peer, createdAt, state: kept.isHeld ? 'in-use' : 'kept', keyFile: kept.file };
}

/** The organization's slug as far as it is known: that of the app, else that of the config. */
async function slugOf(api: FlyApi, spec: FlySpec, { env }: Pick<OperationContext, 'env'>): Promise<string> {
  const { app, organization } = desiredNames(spec, readEnvironmentDefaults(env));
  try {
    return (await api.privateNetwork.networkOf(app)).organization.slug;
  } catch (error) {
    if (hasCode(error, 'FLY_NOT_FOUND')) return organization;
    throw error;
  }
}

function keptIn(organization: Organization, { stateDir, env }: OperationContext): Promise<FoundPeer[]> {
  return findPeers(stateDir, peerFolders(organization, baseUrl('api', env).host));
}

/** What Fly says of one that is not there is not known: then the list tells. */
async function removeAtFly(api: FlyApi, organization: Organization, name: string): Promise<void> {
  try {
    await api.privateNetwork.removePeer(organization, name);
  } catch (error) {
    if (!hasCode(error, 'FLY_NOT_FOUND', 'FLY_REQUEST_REFUSED')) throw error;
    const { peers } = await api.privateNetwork.peers(organization.slug);
    if (peers.some((peer) => peer.name === name)) throw error;
  }
}

function inUse(name: string): Error {
  return flyError({
    code: 'FLY_PEER_IN_USE',
    kind: 'refused',
    message: `A command on this computer is connected through the WireGuard peer ${name}.`,
    hint: 'End that command, then try again.',
    details: { peer: name },
  });
}
