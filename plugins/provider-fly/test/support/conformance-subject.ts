import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFlyEmulator, type FlyEmulator } from '@sindri/fly-emulator';
import type { Rig, Subject } from '@sindri/testkit';
import { startGitServer, type GitServer } from '../../../../packages/git/test/support/git-server';
import { findProgram } from '../../../../test/system-component';
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
      let git: GitServer | null = null;
      let builds = 0;
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
        passIdleTime: () => emulator.edge.passIdleTime(),
        dialTarget: { port: 2222, expect: 'SSH-2.0-' },
        ...(findProgram('git') === null
          ? {}
          : {
              async buildSource() {
                git ??= await startGitServer();
                const commit = await git.commit({ 'v3/Dockerfile.dev': `FROM scratch\nLABEL build=${++builds}\n` });
                return { repository: git.repository, commit };
              },
            }),
        imageDigest: (reference) => digestOf(emulator, reference),
        async teardown() {
          await Promise.all([emulator.stop(), git?.stop()]);
          rmSync(home, { recursive: true, force: true });
        },
      };
    },
  };
}

/** As core asks: by the registry that the emulator serves. */
async function digestOf({ token }: FlyEmulator, reference: string): Promise<string | null> {
  const [, host = '', name = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference) ?? [];
  const authorization = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
  const answer = await fetch(`http://${host}/v2/${name}/manifests/${tag}`, { headers: { authorization } });
  return answer.ok ? answer.headers.get('docker-content-digest') : null;
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
