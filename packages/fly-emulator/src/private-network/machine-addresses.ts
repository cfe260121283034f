import type { MachineRecord } from '../records.js';
import type { Store } from '../store.js';
import { latin1 } from './network-stack.js';

/** Finds the machine behind a private address. */
export interface MachineAddresses {
  /** By the 16 bytes of its address in latin1; `undefined` when no machine that exists has it. */
  machine(address: string): MachineRecord | undefined;
  close(): void;
}

/** Looks at every machine once, and then at what changes. */
export function createMachineAddresses(store: Store): MachineAddresses {
  const { parseAddress } = require('@sindri/wireguard') as typeof import('@sindri/wireguard');
  let known = new Map<string, string>();
  const note = (machine: MachineRecord): void => {
    const key = latin1(parseAddress(machine.privateIp));
    if (machine.state !== 'destroyed' && store.machine(machine.id)) known.set(key, machine.id);
    else if (known.get(key) === machine.id) known.delete(key);
  };
  const readAll = (): void => {
    known = new Map();
    Object.values(store.state.machines).forEach(note);
  };
  readAll();
  const off = store.onChange((change) => {
    if (change === null) readAll();
    else if (change.machine) note(change.machine);
  });
  return {
    machine(address) {
      const id = known.get(address);
      return id === undefined ? undefined : store.machine(id);
    },
    close: off,
  };
}
