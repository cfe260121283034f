import type { JsonObject } from '@sindri/core';
import { recorded, recordedError } from '../../../../test/recorded/recorded';
import type { WireMachine } from '../../src/api/types';
import { parseToken } from '../../src/auth/token';
import { composeApi, type FlyApi } from '../../src/api/client';
import { createDispatcherSource } from '../../src/api/dispatcher';
import { versionOf } from '../../src/api/machines';
import { leftStoppedByUpdate } from '../../src/planner/observed/machine-life';
import { toMachineData } from '../../src/planner/observed/from-wire';
import { toVolumeData } from '../../src/planner/observed/select-volume';
import { diffMachine } from '../../src/planner/config/machine-diff';
import { settle } from '../../src/planner/desired/desired';
import { sameImage } from '../../src/planner/config/same-image';
import { testContext, type TestContext } from '../support/context';
import { startScriptedFly, type ScriptedFly } from '../support/scripted-fly';
import { spec } from '../planner/support/specs';

/** The client of this provider against answers as the real platform gave them. */
describe('the client reads what was recorded', () => {
  let fly: ScriptedFly;
  let context: TestContext;
  let api: FlyApi;

  const answer = async (body: unknown, status = 200): Promise<void> => {
    fly = await startScriptedFly([{ status, body }]);
    context = testContext({ env: { FLY_FLAPS_BASE_URL: fly.url } });
    api = composeApi(context, createDispatcherSource(), { token: parseToken('fo1_test'), origin: 'a test' });
  };

  afterEach(async () => {
    await fly.stop();
    context.remove();
  });

  it('a machine right after its create', async () => {
    await answer(recorded('machineCreated'));
    const machine = (await api.machines.get('demo', 'm')) as WireMachine;
    expect(versionOf(machine)).toBe('01KN100000000000000000000A');
    expect(toMachineData(machine)).toMatchObject({
      state: 'created',
      cordoned: false,
      checks: [],
      hostStatus: 'ok',
      imageRef: { registry: 'docker-hub-mirror.fly.io', repository: 'acme/app' },
      events: [
        { type: 'launch', status: 'created' },
        { type: 'launch', status: 'pending' },
      ],
    });
  });

  it('machines with null members, without protocol, ports and policy', async () => {
    await answer([recorded('machinesStarted')[0], recorded('machineStopped')]);
    const [started, stopped] = (await api.machines.list('demo')).map(toMachineData);
    expect(started?.checks).toEqual([{ name: 'kv', status: 'passing', output: 'Success' }]);
    expect(stopped?.metadata).toEqual({});
    for (const machine of [started, stopped]) {
      const { settings } = diffMachine(settle(spec()), machine!, machine!.config as JsonObject, []);
      // Both say nothing of a policy, which means Fly's default.
      expect(settings.filter(({ field }) => field.startsWith('restart'))).toEqual([]);
    }
  });

  it('an exit: the code is exit_code, whatever guest_exit_code says', async () => {
    await answer(recorded('machineStopped'));
    const machine = toMachineData((await api.machines.get('demo', 'm')) as WireMachine);
    expect(machine.events[0]?.exit).toMatchObject({ code: 127, oomKilled: false, requestedStop: false });
    const events = recorded('eventsOom');
    expect(toMachineData({ ...recorded('machineStopped'), events }).events[1]?.exit).toMatchObject({
      code: 137,
      oomKilled: true,
    });
  });

  it('a machine that an update has left stopped', async () => {
    await answer(recorded('machineLeftStopped'));
    const machine = toMachineData((await api.machines.get('demo', 'm')) as WireMachine);
    expect(leftStoppedByUpdate(machine)).toBe(true);
    expect(leftStoppedByUpdate(toMachineData(recorded('machineStopped')))).toBe(false);
  });

  it('a volume, a lease and its release', async () => {
    await answer(recorded('volume'));
    const volume = await api.volumes.get('demo', 'v');
    const wanted = { name: 'my_app_vol', region: 'ams', machineId: null };
    expect(toVolumeData([volume!], wanted)).toMatchObject({ sizeGb: 1, attachedMachineId: null });
    await fly.stop();
    await answer(recorded('lease'));
    expect(await api.leases.get('demo', 'm')).toMatchObject({ nonce: '5c35f65c9f95', owner: 'hello@example.org' });
    await fly.stop();
    await answer({ status: 'success', data: { ok: true } });
    expect(await api.leases.release('demo', 'm', '5c35f65c9f95')).toBe(true);
  });

  it.each([
    ['POST start, image not ready', 'FLY_MACHINE_BUSY', (use: FlyApi) => use.machines.start('demo', 'm')],
    ['POST start during update', 'FLY_MACHINE_BUSY', (use: FlyApi) => use.machines.start('demo', 'm')],
    ['DELETE volume in use', 'FLY_VOLUME_ATTACHED', (use: FlyApi) => use.volumes.delete('demo', 'v')],
    ['POST machines, volume taken', 'FLY_VOLUME_ATTACHED', create],
    ['POST machines, volume of a machine just destroyed', 'FLY_VOLUME_ATTACHED', create],
    ['deploy token elsewhere, app list, app create', 'FLY_FORBIDDEN', (use: FlyApi) => use.apps.get('other')],
    ['machine limit', 'FLY_QUOTA', create],
    ['memory too big', 'FLY_REQUEST_REFUSED', create],
  ])('%s is %s', async (what, code, call) => {
    const [status, body] = recordedError(what);
    await answer(body, status);
    const error = await call(api).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, status });
    // Whatever is shown of it can be shown.

    expect((error as Error).message).not.toMatch(/[\u0000-\u001f]/);
  });

  it('the end of a wait is no error', async () => {
    const [status, body] = recordedError('GET wait at the end');
    await answer(body, status);
    expect(await api.machines.wait('demo', 'm', { state: 'started', timeoutSeconds: 1 })).toEqual({ reached: false });
  });

  function create(use: FlyApi): Promise<WireMachine> {
    const request = { name: 'm', region: 'ams', config: {}, leaseTtlSeconds: 15, minSecretsVersion: null };
    return use.machines.create('demo', request);
  }
});

describe('Docker Hub images', () => {
  it.each(['acme/app:1', 'docker.io/acme/app:1', 'registry-1.docker.io/acme/app:1'])(
    '%s is the same through the mirror',
    (image) => {
      expect(sameImage(image, 'docker-hub-mirror.fly.io/acme/app:1', null)).toBe(true);
      expect(sameImage('nginx', 'docker-hub-mirror.fly.io/library/nginx:latest', null)).toBe(true);
    },
  );
});
