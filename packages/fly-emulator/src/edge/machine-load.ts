import type { Socket } from 'node:net';

/** Open connections per machine: the load that Fly's proxy counts for raw TCP. */
export interface MachineLoad {
  /** Counts a connection until the returned function is called. */
  take(machineId: string, client: Socket): () => void;
  count(machineId: string): number;
  /** How long nobody has been connected since the machine was last seen up; 0 while somebody is, or while it is down. */
  idleMs(machineId: string): number;
  /** How long the machine has been up; 0 while it is down. */
  upMs(machineId: string): number;
  /** Tells whether a machine is up now. One that comes up starts its idle time; one that goes down loses it. */
  see(machineId: string, isUp: boolean): void;
  /** Breaks the connections of a machine. */
  breakOff(machineId: string): void;
  /** Every machine that is up or has a connection. */
  known(): Set<string>;
}

export function createMachineLoad(now: () => number): MachineLoad {
  const clients = new Map<string, Set<Socket>>();
  const idleSince = new Map<string, number>();
  const upSince = new Map<string, number>();
  return {
    take(machineId, client) {
      const set = clients.get(machineId) ?? new Set();
      clients.set(machineId, set.add(client));
      return () => {
        if (!set.delete(client) || set.size > 0) return;
        clients.delete(machineId);
        if (idleSince.has(machineId)) idleSince.set(machineId, now());
      };
    },
    count: (machineId) => clients.get(machineId)?.size ?? 0,
    idleMs(machineId) {
      const since = idleSince.get(machineId);
      return since === undefined || clients.has(machineId) ? 0 : now() - since;
    },
    upMs: (machineId) => now() - (upSince.get(machineId) ?? now()),
    see(machineId, isUp) {
      for (const times of [upSince, idleSince]) {
        if (!isUp) times.delete(machineId);
        else if (!times.has(machineId)) times.set(machineId, now());
      }
    },
    breakOff(machineId) {
      for (const client of clients.get(machineId) ?? []) client.destroy();
    },
    known: () => new Set([...upSince.keys(), ...clients.keys()]),
  };
}
