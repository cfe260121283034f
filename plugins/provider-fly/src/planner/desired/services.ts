import { sshPort as imageSshPort } from '@sindri/image-contract';
import type { FlyOptions } from './options.js';

/** One service of the machine at Fly's edge. Another one, or another port of one, is added in {@link servicesOf}. */
export interface FlyService {
  /** How plans call it: `services.ssh.autostop`. */
  name: string;
  /** Inside the machine; tells services apart. */
  internalPort: number;
  ports: FlyPort[];
  autostop: 'suspend' | 'off';
  autostart: boolean;
  minMachinesRunning: number;
  /** A TCP check of the internal port. */
  check: CheckTimes;
  /** The config speaks of SSH inside TLS, so that ports for it that are not wanted go. Else those of a machine stay as they are. */
  decidesTls: boolean;
}

/** A port at the edge. */
export interface FlyPort {
  port: number;
  /** What Fly does with a connection before it passes it on; empty = raw TCP. */
  handlers: readonly 'tls'[];
  /** On a machine that exists and lacks it, it is worth no restart of its own: it comes with the next update. Absent = it is. */
  canWait?: true;
}

/** Durations as Go writes them. */
export interface CheckTimes {
  interval: string;
  timeout: string;
  gracePeriod: string;
}

/** The grace period lets sshd come up on a first boot that prepares the whole home. */
export const sshCheckTimes: CheckTimes = { interval: '30s', timeout: '10s', gracePeriod: '120s' };

/** Fly lowers the grace period of a service's check to one minute, and says so only when asked (likely; see flyctl's strict check). */
const serviceCheckTimes: CheckTimes = { ...sshCheckTimes, gracePeriod: '60s' };

/** What the edge is to offer: SSH as raw TCP, and inside TLS. `tlsIsAsked`: the config itself says so, or says no. */
export function servicesOf(options: FlyOptions, tlsIsAsked = false): FlyService[] {
  const { sshPort, sshTlsPort } = options;
  const tls: FlyPort[] =
    sshTlsPort === false
      ? []
      : [{ port: sshTlsPort, handlers: ['tls'], ...(tlsIsAsked ? {} : { canWait: true as const }) }];
  return [
    {
      name: 'ssh',
      internalPort: imageSshPort,
      ports: [{ port: sshPort, handlers: [] }, ...tls],
      decidesTls: tlsIsAsked,
      autostop: options.autoStopMachines ? 'suspend' : 'off',
      autostart: options.autoStartMachines,
      minMachinesRunning: 0,
      check: serviceCheckTimes,
    },
  ];
}
