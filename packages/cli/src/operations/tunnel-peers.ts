import type { Environment, TunnelPeer } from '@sindri/core';
import { coreError } from '../error.js';
import { describePeer } from '../format/tunnel-peer.js';
import { core } from '../lazy.js';
import type { Shell } from '../shell.js';

export interface TunnelPeersResult {
  schema: 'sindri.tunnel-peers/1';
  environment: string;
  provider: string;
  /** This computer's, and with `--all` those of others. */
  peers: TunnelPeer[];
  /** How many peers of other computers and other tools are not listed. */
  others: number;
}

export interface PrunedPeersResult {
  schema: 'sindri.tunnel-peers-prune/1';
  environment: string;
  provider: string;
  /** `planned` with `--dry-run`; `unchanged` when there was nothing to remove. */
  status: 'removed' | 'unchanged' | 'planned';
  /** What was removed, or would be. */
  peers: TunnelPeer[];
}

/** The peers of this computer, or all of them. */
export async function listTunnelPeers(environment: Environment, { all }: { all: boolean }): Promise<TunnelPeersResult> {
  const peers = await peersOf(environment);
  const listed = all ? peers : peers.filter(({ state }) => state !== 'foreign');
  return {
    schema: 'sindri.tunnel-peers/1',
    ...nameOf(environment),
    peers: listed,
    others: peers.length - listed.length,
  };
}

/**
 * Removes the peers of this computer that no command uses, or those that are named, whosever they are: shows, asks, removes. Rejects with
 * `USAGE` for a name that is not there, `CONFIRMATION_REQUIRED` when nobody can be asked, `OPERATION_CANCELLED` after a no, and with the first
 * failure once every peer was tried.
 */
export async function pruneTunnelPeers(
  environment: Environment,
  shell: Shell,
  { names, dryRun, yes }: { names: readonly string[]; dryRun: boolean; yes: boolean },
): Promise<PrunedPeersResult> {
  const all = await peersOf(environment);
  const peers = names.length === 0 ? all.filter(({ state }) => UNUSED.includes(state)) : named(all, names);
  const result = { schema: 'sindri.tunnel-peers-prune/1', ...nameOf(environment), peers } as const;
  if (peers.length === 0) return { ...result, status: 'unchanged' };
  if (dryRun) return { ...result, status: 'planned' };
  if (!yes) await requireConsent(peers, shell);
  const failures: unknown[] = [];
  for (const { name } of peers) {
    shell.working(`Remove ${name}`);
    await environment.removeTunnelPeer(name).catch((error: unknown) => failures.push(error));
    shell.signal.throwIfAborted();
  }
  if (failures.length > 0) throw failures[0];
  return { ...result, status: 'removed' };
}

const UNUSED: readonly TunnelPeer['state'][] = ['kept', 'keyless', 'forgotten'];

function named(all: readonly TunnelPeer[], names: readonly string[]): TunnelPeer[] {
  return [...new Set(names)].map((name) => {
    const found = all.find((peer) => peer.name === name);
    if (found !== undefined) return found;
    const meant = core().nearest(
      name,
      all.map((peer) => peer.name),
    );
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: `There is no peer "${name}".`,
      hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}sindri tunnel peers list --all shows every one.`,
    });
  });
}

async function requireConsent(peers: readonly TunnelPeer[], shell: Shell): Promise<void> {
  const count = peers.length === 1 ? 'this peer' : `these ${peers.length} peers`;
  if (shell.prompts === null) {
    throw coreError({
      code: 'CONFIRMATION_REQUIRED',
      kind: 'usage',
      message: `This removes ${count}, and there is no terminal to ask at. Nothing was changed.`,
      hint: 'Look at it with --dry-run, then run it again with --yes.',
      details: { flag: '--yes' },
    });
  }
  shell.say((style) => peers.map((peer) => describePeer(peer, style)).join('\n'));
  if (await shell.prompts.confirm(`Remove ${count}?`, shell.signal)) return;
  throw coreError({ code: 'OPERATION_CANCELLED', kind: 'cancelled', message: 'Nothing was changed.' });
}

/** Rejects with `CAPABILITY_UNSUPPORTED` in words of what a person has asked for. */
async function peersOf(environment: Environment): Promise<TunnelPeer[]> {
  const { name, title, capabilities } = environment.provider;
  if (capabilities.includes('tunnelPeers')) return environment.tunnelPeers();
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `${title} has no private network that computers register with, so there are no peers.`,
    details: { provider: name, capability: 'tunnelPeers', capabilities: [...capabilities] },
  });
}

function nameOf({ spec, provider }: Environment): { environment: string; provider: string } {
  return { environment: spec.name, provider: provider.name };
}
