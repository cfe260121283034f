import { coreError } from '../../src/error';
import { formatPrunedPeers, formatTunnelPeers } from '../../src/format/tunnel-peers';
import { listTunnelPeers, pruneTunnelPeers } from '../../src/operations/tunnel-peers';
import type { TunnelPeer } from '@sindri/core';
import { fakeEnvironment, fakeShell, plain } from '../fakes';

const peerOf = (state: TunnelPeer['state'], keyFile: string | null = null): TunnelPeer => ({
  name: `peer-${state}`,
  address: 'fdaa:0:18:a7b:9:0:a:102',
  region: 'iad',
  createdAt: keyFile === null ? null : '2026-03-01T12:00:00.000Z',
  state,
  keyFile,
});
const peers = [peerOf('in-use', '/s/1.json'), peerOf('kept', '/s/2.json'), peerOf('keyless'), peerOf('foreign')];

function world(listed: TunnelPeer[] = peers, failing: string[] = []) {
  const removed: string[] = [];
  const environment = fakeEnvironment({
    provider: { name: 'fake', title: 'Fake', capabilities: ['tunnelPeers'] } as never,
    tunnelPeers: async () => listed,
    async removeTunnelPeer(name) {
      if (failing.includes(name)) throw coreError({ code: 'USAGE', kind: 'usage', message: `not ${name}` });
      removed.push(name);
    },
  });
  return { environment, removed };
}

const answering = (yes: boolean) =>
  fakeShell({
    prompts: { confirm: async () => yes, typed: async () => yes, text: async () => null, hidden: async () => null },
  });
const request = { names: [], dryRun: false, yes: true };

describe('tunnel peers list', () => {
  it('shows those of this computer, counts the others, and says which are of no use', async () => {
    const result = await listTunnelPeers(world().environment, { all: false });
    expect(result).toMatchObject({
      schema: 'sindri.tunnel-peers/1',
      environment: 'demo',
      peers: peers.slice(0, 3),
      others: 1,
    });
    expect(formatTunnelPeers(result, plain).split('\n')).toEqual([
      'PEER          REGION  ADDRESS                  MADE        STATE',
      'peer-in-use   iad     fdaa:0:18:a7b:9:0:a:102  2026-03-01  in use',
      'peer-kept     iad     fdaa:0:18:a7b:9:0:a:102  2026-03-01  kept for the next command',
      'peer-keyless  iad     fdaa:0:18:a7b:9:0:a:102              its key is gone',
      '1 of other computers or other tools: sindri tunnel peers list --all',
      'Keys:',
      '  /s/1.json',
      '  /s/2.json',
      'Remove the unused: sindri tunnel peers prune',
    ]);
  });

  it('lists all with --all, and says when there is none', async () => {
    expect(await listTunnelPeers(world().environment, { all: true })).toMatchObject({ peers, others: 0 });
    const none = await listTunnelPeers(world([]).environment, { all: false });
    expect(formatTunnelPeers(none, plain)).toBe('This computer has no peer.');
  });

  it('says in plain words that a platform has no such thing', async () => {
    await expect(listTunnelPeers(fakeEnvironment({}), { all: false })).rejects.toMatchObject({
      code: 'CAPABILITY_UNSUPPORTED',
      message: 'Fake has no private network that computers register with, so there are no peers.',
    });
  });
});

describe('tunnel peers prune', () => {
  it('removes what no command uses, and nothing of others', async () => {
    const { environment, removed } = world();
    const result = await pruneTunnelPeers(environment, answering(true), { ...request, yes: false });
    expect(removed).toEqual(['peer-kept', 'peer-keyless']);
    expect(formatPrunedPeers(result, plain)).toBe('✓ Removed:\n  - peer-kept\n  - peer-keyless');
    expect(formatPrunedPeers({ ...result, status: 'planned' }, plain)).toContain('- peer-keyless  its key is gone');
  });

  it('removes those of others by name', async () => {
    const { environment, removed } = world();
    await pruneTunnelPeers(environment, fakeShell(), { ...request, names: ['peer-foreign'] });
    expect(removed).toEqual(['peer-foreign']);
    const unknown = pruneTunnelPeers(environment, fakeShell(), { ...request, names: ['peer-keyles'] });
    await expect(unknown).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('"peer-keyless"') });
  });

  it.each([
    ['--dry-run', { dryRun: true }, 'planned'],
    ['nothing to remove', { names: [] }, 'unchanged'],
  ] as const)('removes nothing with %s', async (_what, options, status) => {
    const { environment, removed } = world(status === 'unchanged' ? [peerOf('in-use', '/s/1.json')] : peers);
    expect(await pruneTunnelPeers(environment, fakeShell(), { ...request, ...options })).toMatchObject({ status });
    expect(removed).toEqual([]);
  });

  it('asks first, shows what goes, and does nothing without a yes', async () => {
    const { environment, removed } = world();
    const shell = answering(false);
    const declined = pruneTunnelPeers(environment, shell, { ...request, yes: false });
    await expect(declined).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(shell.said.join('')).toContain('- peer-keyless  its key is gone');
    const unasked = pruneTunnelPeers(environment, fakeShell({ prompts: null }), { ...request, yes: false });
    await expect(unasked).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED', details: { flag: '--yes' } });
    expect(removed).toEqual([]);
  });

  it('goes on after one that cannot be removed, and fails', async () => {
    const { environment, removed } = world(peers, ['peer-kept']);
    await expect(pruneTunnelPeers(environment, fakeShell(), request)).rejects.toThrow('not peer-kept');
    expect(removed).toEqual(['peer-keyless']);
  });
});
