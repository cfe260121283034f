import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import type { Rig, Subject } from '@sindri/testkit';
import { createFlyProvider } from '../../src/index';
import { fastClock } from './context';

const config = `version: "3.0"
name: conformance
deployment:
  provider: fly
  resources:
    memory: 2GB
    cpus: 2
  volumes:
    workspace:
      size: 10GB
providers:
  fly:
    region: sjc
`;

/** The provider on a local emulator with simulated machines, every door of the rig open. */
export function createFlySubject(): Subject {
  return {
    create: () => createFlyProvider(),
    config,
    changedConfig: config.replace('2GB', '1GB').replace('10GB', '20GB'),
    async setup(): Promise<Rig> {
      const emulator = await startFlyEmulator({ runtime: 'simulated', orgs: ['elsewhere'] });
      const home = mkdtempSync(path.join(tmpdir(), 'sindri-conformance-'));
      return {
        env: { HOME: home, USER: 'tester', ...emulator.env },
        stateDir: path.join(home, 'state'),
        clock: fastClock(10),
        requests: () =>
          emulator.requests.list().map((entry) => ({
            description: `${entry.method} ${entry.path}`,
            writes: entry.writes,
          })),
        inventory: () => inventory(emulator),
        addStranger: () => addStranger(emulator),
        approveSignIn: (url) => approveSignIn(emulator, url),
        failReads() {
          const fault = emulator.faults.inject({ name: 'server-error', match: { method: 'GET' }, times: 0 });
          return () => emulator.faults.clear(fault);
        },
        interruptAfter: (writes) => interruptAfter(emulator, writes),
        dialTarget: { port: 2222, expect: 'SSH-2.0-' },
        async teardown() {
          await emulator.stop();
          rmSync(home, { recursive: true, force: true });
        },
      };
    },
  };
}

/** What a person and the page do: a click, and the page's own request to the waiting command. */
async function approveSignIn(emulator: FlyEmulator, url: string): Promise<void> {
  const body = new URLSearchParams({ decision: 'approve', token: emulator.token });
  const html = await (await fetch(url, { method: 'POST', body })).text();
  const callback = /data-callback="([^"]+)"/.exec(html)?.[1] ?? '';
  await fetch(callback.replaceAll('&#38;', '&'));
}

function inventory(emulator: FlyEmulator): string[] {
  const { apps, ips, secrets, volumes, machines } = emulator.inspect();
  return [
    ...apps.map(({ name, org }) => `app ${name} in ${org}`),
    ...ips.map(({ app, type }) => `${type} address of ${app}`),
    ...secrets.map(({ app, name }) => `secret ${name} of ${app}`),
    ...volumes
      .filter(({ state }) => !['pending_destroy', 'destroyed'].includes(state))
      .map(({ app, name, region, sizeGb }) => `volume ${name} of ${app}, ${sizeGb} GB in ${region}`),
    ...machines
      .filter(({ state }) => state !== 'destroyed')
      .map(({ app, name, region, state }) => `machine ${name} of ${app} in ${region}, ${state}`),
  ].sort();
}

/** An app of our name with a machine and a volume of our names that nobody of us has made. */
async function addStranger(emulator: FlyEmulator): Promise<void> {
  emulator.admin.seedApp({ name: 'conformance', secrets: { THEIRS: 'value' } });
  const volume = await emulator.admin.seedVolume({ app: 'conformance', name: 'home_data', region: 'sjc', sizeGb: 10 });
  emulator.admin.seedMachine({
    app: 'conformance',
    name: 'conformance-1',
    region: 'sjc',
    config: { mounts: [{ volume, path: '/data' }] },
  });
  await emulator.admin.untilState('conformance', 'conformance-1', 'started');
}

function interruptAfter(emulator: FlyEmulator, writes: number): AbortSignal {
  const controller = new AbortController();
  let seen = 0;
  const off = emulator.requests.onRequest((entry, phase) => {
    if (phase !== 'committed' || !entry.writes || ++seen < writes) return;
    off();
    controller.abort();
  });
  return controller.signal;
}
