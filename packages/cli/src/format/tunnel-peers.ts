import type { TunnelPeer } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { PrunedPeersResult, TunnelPeersResult } from '../operations/tunnel-peers.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { formatTable, type Column } from './table.js';
import { describePeer, peerStates } from './tunnel-peer.js';

/** A line for each peer, then where their keys are, and what to do about those that nobody can use. */
export function formatTunnelPeers(
  { peers, others }: TunnelPeersResult,
  style: Style,
  next: NextCommand = plainCommand,
): string {
  const columns: Column<TunnelPeer>[] = [
    { title: 'PEER', text: ({ name }) => plainText(name), paint: (text) => style.bold(text) },
    { title: 'REGION', text: ({ region }) => plainText(region ?? ''), dispensable: 2 },
    { title: 'ADDRESS', text: ({ address }) => plainText(address ?? ''), dispensable: 3 },
    { title: 'MADE', text: ({ createdAt }) => createdAt?.slice(0, 10) ?? '', dispensable: 1 },
    {
      title: 'STATE',
      text: ({ state }) => peerStates[state],
      paint: (text, { state }) => (UNUSABLE.includes(state) ? style.magenta(text) : text),
    },
  ];
  const files = peers.flatMap(({ keyFile }) => (keyFile === null ? [] : [keyFile]));
  const lines = [
    peers.length === 0 ? 'This computer has no peer.' : formatTable(peers, columns, style),
    ...(others === 0 ? [] : [`${others} of other computers or other tools: ${next('tunnel peers list --all')}`]),
    ...(files.length === 0 ? [] : ['Keys:', ...files.map((file) => `  ${plainText(file)}`)]),
    ...(peers.some(({ state }) => UNUSABLE.includes(state))
      ? [`Remove the unused: ${next('tunnel peers prune')}`]
      : []),
  ];
  return lines.join('\n');
}

/** What a prune has removed, or would remove. */
export function formatPrunedPeers({ status, peers }: PrunedPeersResult, style: Style): string {
  if (status === 'unchanged') return `${style.green('✓')} Nothing to remove.`;
  if (status === 'planned') return ['Would remove:', ...peers.map((peer) => describePeer(peer, style))].join('\n');
  return [`${style.green('✓')} Removed:`, ...peers.map(({ name }) => `  - ${style.bold(plainText(name))}`)].join('\n');
}

const UNUSABLE: readonly TunnelPeer['state'][] = ['keyless', 'forgotten'];
