import { isSindriError } from '@sindri/core';
import { recorded } from '../../../../test/recorded/recorded';
import { parseToken } from '../../src/auth/token';
import { composeApi, type FlyApi } from '../../src/api/client';
import { createDispatcherSource } from '../../src/api/dispatcher';
import type { WireMachine } from '../../src/api/types';
import { observeFly } from '../../src/observe';
import { endedByItself, exitText } from '../../src/planner/observed/machine-life';
import { toAppData, toIpsData, toMachineData, toSecretsData, toVolumeData } from '../../src/planner/index';
import { spec } from '../planner/support/specs';
import { jumpingClock, testContext, type TestContext } from '../support/context';
import { mutateJson, seededRandom } from '../support/mutate-json';
import { startScriptedFly, type ScriptedFly } from '../support/scripted-fly';

const MUTATIONS = 200;

const app = {
  id: 'a1b2c3',
  name: 'demo',
  status: 'deployed',
  machine_count: 1,
  volume_count: 1,
  organization: { name: 'Acme', slug: 'acme' },
};
const ip = { ip: '2a09:8280:1::1', region: 'global', shared: false, created_at: '2026-10-01T00:00:00Z' };
const secrets = { secrets: [{ name: 'A', digest: '0123456789abcdef' }], version: 3, Version: 3 };
const logs = {
  data: [{ id: '1', attributes: { timestamp: '2026-10-01T00:00:00Z', message: 'hi', level: 'info', instance: 'm1' } }],
  meta: { next_token: '17' },
};
const exec = { exit_code: 0, exit_signal: 0, stdout: 'ssh-ed25519 AAAA', stderr: '' };
const regions = { Regions: [{ code: 'sjc', name: 'San Jose', deprecated: false }], Nearest: 'sjc' };
const machines = [recorded('machinesStarted')[0], recorded('machineStopped'), recorded('machineCreated')] as unknown[];
const machineRequest = { name: 'm', region: 'ams', config: {}, leaseTtlSeconds: 15, minSecretsVersion: null };
const update = { config: {}, currentVersion: '01A', minSecretsVersion: null, nonce: 'n1' };
const wantedVolume = {
  name: 'home_data',
  region: 'ams',
  sizeGb: 1,
  snapshotRetention: 7,
  compute: {},
  computeImage: 'x',
};

const read = (machine: WireMachine | null): unknown => {
  const data = toMachineData(machine as WireMachine);
  const end = endedByItself(data);
  return [data, end === null ? null : exitText(end)];
};

/** What each call makes of an answer. `null` and `false` are what "it does not exist" looks like. */
const calls: [string, unknown, (api: FlyApi) => Promise<unknown>][] = [
  ['apps.get', app, async (api) => toAppData((await api.apps.get('demo'))!)],
  ['apps.delete', {}, (api) => api.apps.delete('demo', { force: false })],
  ['ips.list', { ips: [ip] }, async (api) => toIpsData(await api.ips.list('demo'))],
  ['ips.create', ip, async (api) => toIpsData([await api.ips.create('demo', 'v6')])],
  ['secrets.list', secrets, async (api) => toSecretsData(await api.secrets.list('demo'))],
  ['secrets.set', secrets, async (api) => toSecretsData((await api.secrets.set('demo', { A: 'b' })).secrets)],
  [
    'volumes.list',
    [recorded('volume')],
    async (api) => [
      toVolumeData(await api.volumes.list('demo'), { name: 'my_app_vol', region: 'ams', machineId: 'm' }),
    ],
  ],
  ['volumes.get', recorded('volume'), (api) => api.volumes.get('demo', 'vol_1')],
  ['volumes.create', recorded('volume'), (api) => api.volumes.create('demo', wantedVolume)],
  ['volumes.extend', { needs_restart: true }, (api) => api.volumes.extend('demo', 'vol_1', 5)],
  ['machines.list', machines, async (api) => (await api.machines.list('demo')).map(read)],
  ['machines.get', recorded('machineStopped'), async (api) => read(await api.machines.get('demo', 'm'))],
  [
    'machines.create',
    recorded('machineCreated'),
    async (api) => read(await api.machines.create('demo', machineRequest)),
  ],
  ['machines.update', recorded('machineCreated'), async (api) => read(await api.machines.update('demo', 'm', update))],
  ['machines.delete', { ok: true }, (api) => api.machines.delete('demo', 'm')],
  ['machines.wait', { ok: true }, (api) => api.machines.wait('demo', 'm', { state: 'started', timeoutSeconds: 1 })],
  ['machines.exec', exec, (api) => api.machines.exec('demo', 'm', { command: ['true'], timeoutSeconds: 1 })],
  ['leases.get', recorded('lease'), (api) => api.leases.get('demo', 'm')],
  ['leases.acquire', recorded('lease'), (api) => api.leases.acquire('demo', 'm', { ttlSeconds: 5, description: 'x' })],
  ['regions.list', regions, (api) => api.regions.list()],
  ['logs.page', logs, (api) => api.logs.page('demo', {})],
];

describe('answers that nobody sends', () => {
  let fly: ScriptedFly;
  let context: TestContext;
  let api: FlyApi;

  const start = async (answers: Parameters<typeof startScriptedFly>[0]): Promise<void> => {
    fly = await startScriptedFly(answers);
    const env = { FLY_FLAPS_BASE_URL: fly.url, FLY_API_BASE_URL: fly.url };
    context = testContext({ clock: jumpingClock(), env });
    api = composeApi(context, createDispatcherSource(), { token: parseToken('fo1_test'), origin: 'a test' });
  };

  afterEach(async () => {
    await fly.stop();
    context.remove();
  });

  it.each(calls)(
    `%s: ${MUTATIONS} mutations are a refusal or a whole value, never an absence`,
    async (name, body, call) => {
      let answer = body;
      await start(() => ({ body: JSON.stringify(answer) }));
      expect(await call(api)).toBeTruthy();
      const random = seededRandom(name.length * 7919);
      let refused = 0;
      for (let index = 0; index < MUTATIONS; index++) {
        answer = mutateJson(body, random);
        const outcome: unknown = await call(api).catch((error: unknown) => error);
        const shown = `${name} of ${JSON.stringify(answer).slice(0, 300)}`;
        if (outcome instanceof Error) {
          refused++;
          expect([shown, isSindriError(outcome) ? outcome.code : String(outcome)]).toEqual([
            shown,
            'FLY_ANSWER_UNEXPECTED',
          ]);
        } else expect([shown, outcome === null || outcome === undefined || outcome === false]).toEqual([shown, false]);
      }
      expect(fly.seen).toHaveLength(MUTATIONS + 1);
      // Of a delete only the status counts; whether the thing is gone is looked at.
      if (!name.endsWith('.delete')) expect(refused).toBeGreaterThan(MUTATIONS / 10);
    },
  );

  it('no mutation of a whole world makes the app or its machine absent', async () => {
    const ours = { ...recorded('machineStopped'), name: 'demo-1', config: { metadata: { sindri_env: 'demo' } } };
    const world: Record<string, unknown> = {
      '/v1/apps/demo': app,
      '/v1/apps/demo/ip_assignments': { ips: [ip] },
      '/v1/apps/demo/secrets': secrets,
      '/v1/apps/demo/volumes': [recorded('volume')],
      '/v1/apps/demo/machines': [ours],
      '/v1/platform/regions': regions,
    };
    let mutated = world;
    await start(({ path }) => ({ body: JSON.stringify(mutated[path]) }));
    const random = seededRandom(6);
    for (let index = 0; index < MUTATIONS; index++) {
      const paths = Object.keys(world);
      const hit = paths[Math.floor(random() * paths.length)] as string;
      const answer = mutateJson(world[hit], random);
      // An empty list is an answer, whoever gives it; and a name or a mark can be another one.
      if (hit === '/v1/apps/demo/machines') continue;
      mutated = { ...world, [hit]: answer };
      const wanted = spec({ name: 'demo' });
      const seen = await observeFly(api, wanted as never, context, { purpose: 'plan', identities: [] }).catch(
        (error: unknown) => error,
      );
      const shown = JSON.stringify([hit, answer]).slice(0, 300);
      if (seen instanceof Error) {
        expect([shown, isSindriError(seen) ? seen.code : String(seen)]).toEqual([
          shown,
          expect.stringMatching(/^FLY_/),
        ]);
        continue;
      }
      const { resources } = seen as Awaited<ReturnType<typeof observeFly>>;
      const absent = resources.filter(({ status, type }) => status === 'absent' && type !== 'volume');
      expect([shown, absent]).toEqual([shown, []]);
    }
  });
});
