import type { AdmittedKey, EnvironmentSpec, OperationContext } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { fingerprint, type PublicKey } from '@sindri/ssh';
import type { OpenApi } from '../api/client.js';
import { listMachines, notDeployed } from '../machine/find-machine.js';
import { openMachineWork } from '../machine/open-work.js';
import { selectMachines, toMachineData } from '../planner/index.js';
import { readKeysInMachine } from './in-machine.js';
import { readKeyRecord } from './lasting-keys.js';

/**
 * The keys that are noted for the next start, and those that each running machine admits now; one that sleeps is not woken. Says so when
 * a part cannot be known. Throws `FLY_NOT_DEPLOYED`.
 */
export function createListKeys(
  openApi: OpenApi,
): (spec: EnvironmentSpec, context: OperationContext) => Promise<AdmittedKey[]> {
  return async (spec, context) => {
    const api = await openApi(context);
    const work = openMachineWork(api, spec, context, 'keys');
    const machines = await listMachines(api, work.app);
    const { ours, second } = selectMachines(machines.map(toMachineData), spec);
    const managed = [...ours, second].flatMap((one) => machines.find(({ id }) => id === one?.id) ?? []);
    const [first] = managed;
    if (first === undefined) throw notDeployed(spec.name);
    const [record, ...asked] = await Promise.all([
      readKeyRecord(work, first),
      ...managed.map(async (machine) => ({
        machine,
        keys: machine.state === 'started' ? await readKeysInMachine(work, machine) : null,
      })),
    ]);
    const lasting = record.isCurrent ? record.keys : [];
    const unknown = [
      ...(record.isSet && !record.isCurrent
        ? [
            `which keys are in ${authorizedKeysVariable} is not noted at the machine, so those of its next start are not known`,
          ]
        : []),
      ...asked
        .filter(({ keys }) => keys === null)
        .map(
          ({ machine: { name, state } }) =>
            `machine ${name} is ${state} and was not asked, so keys that were added inside are not listed`,
        ),
    ];
    if (unknown.length > 0) {
      const message = `This list may not be whole: ${unknown.join('; ')}.`;
      context.emit({ type: 'notice', level: 'warning', code: 'FLY_KEYS_UNREAD', message });
    }
    const inside = asked.flatMap(({ machine: { name }, keys }) => (keys === null ? [] : [{ name, keys }]));
    const isDeclared = spec.secrets.some(({ name }) => name === authorizedKeysVariable);
    return merge(inside, lasting, isDeclared);
  };
}

/** The keys that a running machine admits. */
interface Inside {
  name: string;
  keys: readonly PublicKey[];
}

function merge(inside: readonly Inside[], lasting: readonly PublicKey[], isDeclared: boolean): AdmittedKey[] {
  const all = [...lasting, ...inside.flatMap(({ keys }) => keys)].filter(
    ({ publicKey }, at, list) => list.findIndex((key) => key.publicKey === publicKey) === at,
  );
  const stays = new Set(lasting.map(({ publicKey }) => publicKey));
  return all.map(({ publicKey, comment }) => {
    const admitting = inside.filter(({ keys }) => keys.some((key) => key.publicKey === publicKey));
    const isNow = admitting.length > 0;
    return {
      fingerprint: fingerprint(publicKey),
      type: publicKey.split(' ')[0] ?? '',
      comment,
      where: [...(isNow ? (['now'] as const) : []), ...(stays.has(publicKey) ? (['next-start'] as const) : [])],
      ...(isNow && admitting.length < inside.length ? { instances: admitting.map(({ name }) => name) } : {}),
      fromConfig: isDeclared && stays.has(publicKey),
    };
  });
}
