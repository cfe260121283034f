import type { PlanNote } from '@sindri/core';
import type { FlyFacts, MachineData, PortRange } from '../../model.js';
import type { FlyDesired } from '../desired/desired.js';
import { portsBeside } from '../observed/published-port.js';
import { refusal } from './refusals.js';

/**
 * What is wanted, without a port for SSH inside TLS that something else of the app has: connections to it would reach the one or the other
 * by chance. Throws `FLY_TLS_PORT_TAKEN` where the config names the port; where it is the default, a note tells.
 */
export function yieldTlsPort(
  desired: FlyDesired,
  machine: MachineData | null,
  { foreignMachines }: Pick<FlyFacts, 'foreignMachines'>,
): { desired: FlyDesired; notes: PlanNote[] } {
  const { internalPort } = desired.names;
  const own = portsBeside(machine?.config, internalPort).map((range) => ({ range, whose: 'another service of it' }));
  const others = foreignMachines.flatMap(({ name, ports = [] }) =>
    ports.map((range) => ({ range, whose: `machine ${name}` })),
  );
  const isTls = ({ handlers }: { handlers: readonly string[] }): boolean => handlers.length > 0;
  const notes: PlanNote[] = [];
  const services = desired.services.map((service) => ({
    ...service,
    ports: service.ports.filter((port) => {
      const taken = isTls(port) ? [...own, ...others].find(({ range }) => covers(range, port.port)) : undefined;
      if (taken === undefined) return true;
      const what = `Port ${port.port} of the app is used by ${taken.whose}`;
      if (port.canWait !== true) {
        throw refusal(
          'FLY_TLS_PORT_TAKEN',
          'usage',
          `${what}, so SSH inside TLS cannot have it.`,
          'Set `providers.fly.sshTlsPort` to another port, or to false to do without.',
          { port: port.port },
        );
      }
      notes.push({
        level: 'info',
        code: 'FLY_TLS_PORT_TAKEN',
        message: `${what}: SSH inside TLS is left out. \`providers.fly.sshTlsPort\` gives it another port; false says that it is not wanted.`,
      });
      return false;
    }),
  }));
  return { desired: { ...desired, services }, notes };
}

function covers({ start, end }: PortRange, port: number): boolean {
  return start <= port && port <= end;
}
