import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  openEnvironment,
  systemClock,
  type ApplyReport,
  type Clock,
  type Environment,
  type Plan,
  type SindriEvent,
} from '@sindri/core';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import { createSourceReader } from '@sindri/git';
import { createImageSource } from '@sindri/oci';
import { createFlyProvider } from '../../src/index';

// Whole deploys over sockets, on machines that may be busy with other tests.
jest.setTimeout(30_000);

/** The seed's Quick Start, in short. */
export const quickstart = `version: "1.0"
name: my-sindri-fly
deployment:
  provider: fly
  resources:
    memory: 4GB
    cpus: 2
  volumes:
    workspace:
      size: 30GB
providers:
  fly:
    region: sjc
`;

export type EmulatorOptions = NonNullable<Parameters<typeof startFlyEmulator>[0]>;

/** A local Fly, a home directory without keys, and ways to use the provider on them. */
export interface Workplace {
  emulator: FlyEmulator;
  home: string;
  env: Record<string, string | undefined>;
  /** Events of everything that was done here. */
  events: SindriEvent[];
  open(options?: OpenOptions): Promise<Environment>;
  /** Plans and applies. */
  deploy(options?: OpenOptions): Promise<ApplyReport>;
  destroy(options?: OpenOptions): Promise<ApplyReport>;
  plan(options?: OpenOptions): Promise<Plan>;
  /** What is alive at the platform. */
  alive(): { apps: number; volumes: number; machines: number; ips: number };
  remove(): Promise<void>;
}

export interface OpenOptions {
  config?: string;
  env?: Record<string, string | undefined>;
  stateDir?: string;
  signal?: AbortSignal;
  clock?: Clock;
  /** An undici dispatcher that the requests go through. */
  dispatcher?: object;
  lockTimeoutMs?: number;
  detach?: boolean;
  /** Take over what others have made. */
  adopt?: boolean;
  /** Images can be built from source. */
  builds?: boolean;
}

export async function createWorkplace(options: EmulatorOptions = {}): Promise<Workplace> {
  const emulator = await startFlyEmulator({ runtime: 'simulated', seed: 1, ...options });
  const home = mkdtempSync(path.join(tmpdir(), 'sindri-work-'));
  const env = { HOME: home, USER: 'tester', ...emulator.env };
  const events: SindriEvent[] = [];

  const workplace: Workplace = {
    emulator,
    home,
    env,
    events,
    open: (opened = {}) =>
      openEnvironment({
        config: { text: opened.config ?? quickstart },
        cwd: home,
        providers: [createFlyProvider()],
        env: { ...env, ...opened.env },
        stateDir: opened.stateDir ?? path.join(home, 'state'),
        onEvent: (event) => events.push(event),
        signal: opened.signal,
        clock: opened.clock ?? systemClock,
        ...(opened.builds === true ? { sources: createSourceReader(), images: { source: createImageSource() } } : {}),
        ...(opened.dispatcher === undefined ? {} : { dispatcher: opened.dispatcher }),
      }),
    async deploy(opened = {}) {
      const environment = await workplace.open(opened);
      return environment.apply(await environment.plan({ adopt: opened.adopt === true }), {
        lockTimeoutMs: opened.lockTimeoutMs,
        detach: opened.detach,
      });
    },
    async destroy(opened = {}) {
      const environment = await workplace.open(opened);
      return environment.apply(await environment.plan({ intent: 'destroy', adopt: opened.adopt === true }));
    },
    async plan(opened = {}) {
      return (await workplace.open(opened)).plan();
    },
    alive() {
      const { apps, volumes, machines, ips } = emulator.inspect();
      return {
        apps: apps.length,
        volumes: volumes.filter(({ state }) => !['pending_destroy', 'destroyed'].includes(state)).length,
        machines: machines.filter(({ state }) => state !== 'destroyed').length,
        ips: ips.length,
      };
    },
    async remove() {
      await emulator.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return workplace;
}

/** One of everything, and the two addresses. */
export const oneEnvironment = { apps: 1, volumes: 1, machines: 1, ips: 2 };
export const nothing = { apps: 0, volumes: 0, machines: 0, ips: 0 };
