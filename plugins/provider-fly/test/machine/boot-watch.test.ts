import { createRedactor, type SindriError } from '@sindri/core';
import type { FlyApi } from '../../src/api/client';
import type { WireMachine, WireMachineEvent } from '../../src/api/types';
import { throwIfFailed } from '../../src/machine/boot-watch';
import type { MachineWork } from '../../src/machine/work';
import { testContext, type TestContext } from '../support/context';

const exit = (timestamp: number, details: object): WireMachineEvent => ({
  type: 'exit',
  timestamp,
  request: { exit_event: details },
});
const event = (type: string, timestamp: number): WireMachineEvent => ({ type, timestamp });

describe('throwIfFailed', () => {
  let context: TestContext;

  beforeEach(() => {
    context = testContext();
  });

  afterEach(() => context.remove());

  const judge = (
    machine: Partial<WireMachine>,
    options: { sinceMs?: number; launchId?: string; logs?: () => Promise<string[]> } = {},
  ): Promise<void> => {
    const read = options.logs ?? (async () => ['starting', 'token is hunter2-secret', 'no space left']);
    const page = async () => ({
      nextToken: '',
      lines: (await read()).map((message) => ({
        timestamp: '',
        source: 'app',
        level: 'info',
        instance: 'm1',
        message,
      })),
    });
    const work: MachineWork = {
      api: { logs: { page } } as unknown as FlyApi,
      context,
      app: 'demo',
      progress: () => undefined,
      lockTimeoutMs: 0,
      who: 'test',
    };
    const whole: WireMachine = { id: 'm1', name: 'demo-1', state: 'started', region: 'sjc', config: {}, ...machine };
    const watch = { machine: whole, sinceMs: options.sinceMs ?? -1, launchId: options.launchId };
    return throwIfFailed(work, watch, whole);
  };

  it('lets a machine pass that is coming up', async () => {
    await judge({ state: 'starting', events: [event('launch', 1)] });
    await judge({ state: 'started', events: [event('start', 2), event('launch', 1)] });
    await judge({ state: 'created', events: null });
  });

  it('tells exit code and last words, without secrets', async () => {
    const events = [exit(3, { exit_code: 78, guest_exit_code: 0 }), event('start', 2), event('launch', 1)];
    const failure = judge({ events });
    await expect(failure).rejects.toMatchObject({
      code: 'FLY_MACHINE_EXITED',
      message: expect.stringContaining('78'),
      hint: expect.stringContaining('no space left'),
      details: { exitCode: 78, oomKilled: false, lastLogLines: { length: 3 } },
    });
    // What leaves through errors and events passes core's redactor, which knows the secrets: see test/contract/secrecy.
    const left = [await failure.catch((error: SindriError) => error.toJSON()), context.events];
    const shown = JSON.stringify(createRedactor(['hunter2-secret']).value(left));
    expect(shown).not.toContain('hunter2');
  });

  it('says that memory ran out, and what to do', async () => {
    const events = [exit(2, { exit_code: 137, oom_killed: true }), event('launch', 1)];
    await expect(judge({ events })).rejects.toMatchObject({
      message: expect.stringContaining('out of memory'),
      hint: expect.stringContaining('memory'),
      details: { oomKilled: true },
    });
  });

  it('reads the other nest of the exit event, and none at all', async () => {
    const nested: WireMachineEvent = {
      type: 'exit',
      timestamp: 2,
      request: { MonitorEvent: { exit_event: { exit_code: 9 } } },
    };
    await expect(judge({ events: [nested, event('launch', 1)] })).rejects.toMatchObject({ details: { exitCode: 9 } });
    const bare: WireMachineEvent = { type: 'exit', timestamp: 2, request: null };
    await expect(judge({ events: [bare, event('launch', 1)] })).rejects.toMatchObject({ details: { exitCode: null } });
  });

  it('does not blame the new life for how an older one ended', async () => {
    await judge({ events: [event('start', 12), exit(5, { exit_code: 1 }), event('launch', 1)] }, { sinceMs: 10 });
    // An update ends the old process before the new one is launched.
    await judge({ events: [event('start', 13), exit(11, { exit_code: 1 }), event('update', 10)] }, { sinceMs: 9 });
  });

  it('does not call a stop on request a crash', async () => {
    const events = [exit(4, { exit_code: 0, requested_stop: true }), event('stop', 3), event('launch', 1)];
    await expect(judge({ state: 'stopped', events })).rejects.toMatchObject({
      code: 'FLY_MACHINE_STOPPED',
      kind: 'incomplete',
    });
  });

  it.each(['failed', 'launch_failed', 'destroyed'])('gives up on %s', async (state) => {
    await expect(judge({ state })).rejects.toMatchObject({ code: 'FLY_MACHINE_FAILED', details: { state } });
  });

  it('notices that Fly took an update back', async () => {
    const config = { metadata: { sindri_launch_id: 'old' } };
    await expect(judge({ config }, { launchId: 'new' })).rejects.toMatchObject({ code: 'FLY_UPDATE_REVERTED' });
    await judge({ config: { metadata: { sindri_launch_id: 'new' } } }, { launchId: 'new' });
    await judge({ config: null }, { launchId: 'new' });
  });

  it('tells the crash also when the logs cannot be read', async () => {
    const logs = async (): Promise<string[]> => {
      throw new Error('no logs');
    };
    const events = [exit(2, { exit_code: 1 }), event('launch', 1)];
    await expect(judge({ events }, { logs })).rejects.toMatchObject({
      code: 'FLY_MACHINE_EXITED',
      details: { lastLogLines: [] },
    });
  });
});
