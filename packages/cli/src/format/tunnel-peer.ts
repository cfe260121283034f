import type { TunnelPeer } from '@sindri/core';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';

/** What each state of a peer is called. */
export const peerStates: Readonly<Record<TunnelPeer['state'], string>> = {
  'in-use': 'in use',
  kept: 'kept for the next command',
  keyless: 'its key is gone',
  forgotten: 'removed at the platform',
  foreign: 'not of this computer',
};

/** `  - interactive-sindri-laptop-1a2b…  its key is gone` */
export function describePeer({ name, state }: TunnelPeer, style: Style): string {
  return `  - ${style.bold(plainText(name))}  ${peerStates[state]}`;
}
