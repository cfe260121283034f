import type { AdmittedKey, EnvironmentSpec, OperationContext } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { fingerprint, type PublicKey } from '@sindri/ssh';
import type { OpenApi } from '../api/client.js';
import { findMachine } from '../machine/find-machine.js';
import { openMachineWork } from '../machine/open-work.js';
import { readKeysInMachine } from './in-machine.js';
import { readKeyRecord } from './lasting-keys.js';

/**
 * The keys that are noted for the next start, and those that a running machine admits now; one that sleeps is not woken. Says so when
 * a part cannot be known. Throws `FLY_NOT_DEPLOYED`.
 */
export function createListKeys(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext) => Promise<AdmittedKey[]> {
  return async (spec, context) => {
    const api = await openApi(context);
    const machine = await findMachine(api, spec);
    const work = openMachineWork(api, spec, context, 'keys');
    const [record, inside] = await Promise.all([
      readKeyRecord(work, machine),
      machine.state === 'started' ? readKeysInMachine(work, machine) : null,
    ]);
    const lasting = record.isCurrent ? record.keys : [];
    const unknown = [
      ...(record.isSet && !record.isCurrent
        ? [
            `which keys are in ${authorizedKeysVariable} is not noted at the machine, so those of its next start are not known`,
          ]
        : []),
      ...(inside === null
        ? [
            `machine ${machine.name} is ${machine.state} and was not asked, so keys that were added inside are not listed`,
          ]
        : []),
    ];
    if (unknown.length > 0) {
      const message = `This list may not be whole: ${unknown.join('; ')}.`;
      context.emit({ type: 'notice', level: 'warning', code: 'FLY_KEYS_UNREAD', message });
    }
    const isDeclared = spec.secrets.some(({ name }) => name === authorizedKeysVariable);
    return merge(inside ?? [], lasting, isDeclared);
  };
}

function merge(now: readonly PublicKey[], lasting: readonly PublicKey[], isDeclared: boolean): AdmittedKey[] {
  const has = (keys: readonly PublicKey[], { publicKey }: PublicKey): boolean =>
    keys.some((key) => key.publicKey === publicKey);
  const added = now.filter((key) => !has(lasting, key));
  return [...lasting, ...added].map((key) => ({
    fingerprint: fingerprint(key.publicKey),
    type: key.publicKey.split(' ')[0] ?? '',
    comment: key.comment,
    where: [...(has(now, key) ? (['now'] as const) : []), ...(has(lasting, key) ? (['next-start'] as const) : [])],
    fromConfig: isDeclared && has(lasting, key),
  }));
}
