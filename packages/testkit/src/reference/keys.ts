import {
  SindriError,
  type AdmittedKey,
  type ApplyContext,
  type ApplyResult,
  type Change,
  type EnvironmentSpec,
  type Observation,
  type OperationContext,
  type PlanRequest,
  type ProviderPlan,
} from '@sindri/core';
import { sshFingerprint } from '../ssh-fingerprint.js';
import { callOf, requireMachine } from './client.js';
import type { KnownKey, ReferencePlatform } from './platform.js';

/** Lets one key in or out. The pretended machine has one list of keys, for now and for every start. */
export function planKeys(
  request: Extract<PlanRequest, { intent: 'key.admit' | 'key.remove' }>,
  { resources }: Observation,
): ProviderPlan {
  const machine = resources.find(({ type, status, owned }) => type === 'machine' && status === 'present' && owned);
  if (machine === undefined) {
    throw new SindriError({ code: 'REFERENCE_ABSENT', kind: 'refused', message: 'There is no machine yet.' });
  }
  const keys = (machine.data?.['keys'] ?? []) as unknown as KnownKey[];
  const admits = request.intent === 'key.admit';
  const fingerprint = admits ? sshFingerprint(request.publicKey) : request.fingerprint;
  const isIn = keys.some(({ publicKey }) => sshFingerprint(publicKey) === fingerprint);
  if (isIn === admits) return { changes: [], notes: [], cost: null };
  const change: Change = {
    id: `keys:${fingerprint}:${admits ? 'admit' : 'remove'}`,
    action: 'update',
    resource: { type: 'keys', name: machine.name },
    title: `${admits ? 'admit' : 'remove'} SSH key ${fingerprint}`,
    differences: [{ field: fingerprint, from: isIn ? 'admitted' : null, to: admits ? 'admitted' : null }],
    impact: ['in-place'],
    monthlyCostDelta: null,
    dependsOn: [],
    payload: admits
      ? { admit: { publicKey: request.publicKey, comment: request.comment ?? '' } }
      : { remove: fingerprint },
  };
  return { changes: [change], notes: [], cost: null };
}

/** Performs a change of {@link planKeys}. Safe to repeat. */
export async function applyKeys(
  platform: ReferencePlatform,
  { payload }: Change,
  context: ApplyContext,
): Promise<ApplyResult> {
  const { id } = await requireMachine(platform, context.spec, context);
  const admitted = payload['admit'] as KnownKey | undefined;
  const gone = admitted === undefined ? payload['remove'] : sshFingerprint(admitted.publicKey);
  await platform.write(callOf(`PUT /machine/${id}/keys`, context), (things) => {
    const machine = things.find((thing) => thing.id === id);
    if (machine === undefined) return;
    const others = (machine.keys ?? []).filter(({ publicKey }) => sshFingerprint(publicKey) !== gone);
    machine.keys = admitted === undefined ? others : [...others, admitted];
  });
  return { status: 'applied', result: {} };
}

/** Every key that the machine admits. Does not wake it. */
export async function listKeys(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  context: OperationContext,
): Promise<AdmittedKey[]> {
  const { keys = [], power } = await requireMachine(platform, spec, context);
  return keys.map(({ publicKey, comment }) => ({
    fingerprint: sshFingerprint(publicKey),
    type: publicKey.split(' ')[0] ?? '',
    comment,
    where: power === 'running' ? ['now', 'next-start'] : ['next-start'],
    fromConfig: false,
  }));
}
