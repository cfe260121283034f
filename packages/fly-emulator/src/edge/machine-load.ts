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
  /** Tells which machines are up now. A machine that comes up starts its idle time; one that goes down loses it. */
  seeRunning(machineIds: Iterable<string>): void;
  /** Breaks the connections of machines for which `isGone` says so. */
  breakOff(isGone: (machineId: string) => boolean): void;
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
    seeRunning(machineIds) {
      const running = new Set(machineIds);
      for (const times of [upSince, idleSince]) {
        for (const id of times.keys()) if (!running.has(id)) times.delete(id);
        for (const id of running) if (!times.has(id)) times.set(id, now());
      }
    },
    breakOff(isGone) {
      for (const [id, set] of clients) if (isGone(id)) for (const client of set) client.destroy();
    },
  };
}
