import { createVirtualClock, type VirtualClock } from '../../src/index.js';
import { CONFIG, newMachine, startedMachine, useFly, type Subject } from '../support/fly.js';

interface Event {
  type: string;
  status: string;
  source: string;
}

const history = async (fly: Subject, path: string): Promise<string[]> =>
  (await fly.get(`${path}/events?limit=50`)).body
    .map((event: Event) => `${event.type}/${event.status}/${event.source}`)
    .reverse();

describe('states and events', () => {
  const fly = useFly();

  test('stop and start', async () => {
    const path = await startedMachine(fly);
    expect((await fly.post(`${path}/stop`, { signal: 'SIGTERM', timeout: '10s' })).body).toEqual({ ok: true });
    await fly.get(`${path}/wait?state=stopped`);
    expect((await fly.post(`${path}/stop`)).body).toEqual({ ok: true });
    expect((await fly.post(`${path}/start`)).body).toEqual({
      previous_state: 'stopped',
      migrated: false,
      new_host: '',
    });
    await fly.get(`${path}/wait?state=started`);
    expect(await history(fly, path)).toEqual([
      'launch/pending/flyd',
      'launch/created/user',
      'start/started/flyd',
      'stop/stopping/user',
      'exit/stopped/flyd',
      'start/starting/user',
      'start/started/flyd',
    ]);
  });

  test('suspend and resume keep what is in memory; stop drops the snapshot', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/exec`, { command: ['sh', '-c', 'echo kept > /tmp/note'] });
    expect((await fly.post(`${path}/suspend`)).body).toEqual({ ok: true });
    await fly.get(`${path}/wait?state=suspended`);
    expect((await fly.post(`${path}/start`)).body.previous_state).toBe('suspended');
    await fly.get(`${path}/wait?state=started`);
    const read = () => fly.post(`${path}/exec`, { command: ['cat', '/tmp/note'] });
    expect((await read()).body.stdout).toBe('kept\n');
    await fly.post(`${path}/suspend`);
    await fly.get(`${path}/wait?state=suspended`);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    await fly.post(`${path}/start`);
    await fly.get(`${path}/wait?state=started`);
    // The root file system is reset with a cold start.
    expect((await read()).body).toMatchObject({ exit_code: 1, stdout: '' });
  });

  test('restart', async () => {
    const path = await startedMachine(fly);
    expect((await fly.post(`${path}/restart?timeout=5s&signal=SIGTERM`)).status).toBe(200);
    await fly.get(`${path}/wait?state=started`);
    expect((await fly.post(`${path}/restart?signal=SIGSOMETHING`)).status).toBe(400);
    expect(await history(fly, path)).toContain('restart/restarting/user');
  });

  test('a running machine is destroyed only by force', async () => {
    const path = await startedMachine(fly);
    const refused = await fly.delete(path);
    expect([refused.status, refused.body]).toEqual([
      412,
      { error: 'failed_precondition: unable to destroy machine, not currently stopped, suspended, failed or created' },
    ]);
    expect((await fly.delete(`${path}?kill=true`)).body).toEqual({ ok: true });
    expect((await fly.get(`${path}/wait?state=destroyed`)).body.state).toBe('destroyed');
  });

  test('a stopped machine is destroyed without force', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    expect((await fly.delete(path)).status).toBe(200);
  });

  test('a signal reaches the main process', async () => {
    const path = await startedMachine(fly, { restart: { policy: 'no' } });
    expect((await fly.post(`${path}/signal`, { signal: 'SIGUSR1' })).status).toBe(200);
    expect((await fly.get(path)).body.state).toBe('started');
    expect((await fly.post(`${path}/signal`, { signal: 'SIGNOPE' })).status).toBe(400);
    // fly-go's kill sends the number.
    expect((await fly.post(`${path}/signal`, { signal: 9 })).status).toBe(200);
    await fly.get(`${path}/wait?state=stopped`);
    expect((await fly.get(`${path}/events?limit=1`)).body[0]).toMatchObject({
      type: 'exit',
      request: { exit_event: { exit_code: 137, guest_signal: 9, requested_stop: false, restarting: false } },
    });
  });

  test('cordon and uncordon', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/cordon`);
    expect((await fly.get(path)).body).toMatchObject({ cordoned: true, state: 'started' });
    await fly.post(`${path}/uncordon`);
    expect((await fly.get(path)).body).not.toHaveProperty('cordoned');
  });

  test.each([
    ['swap', { init: { swap_size_mb: 2048 } }],
    ['a schedule', { schedule: 'daily' }],
  ])('%s and suspend exclude each other', async (_what, config) => {
    const path = await startedMachine(fly, config);
    const { status, body } = await fly.post(`${path}/suspend`);
    expect(status).toBe(412);
    expect(body.error).toMatch(/^failed_precondition: /);
    expect((await fly.get(path)).body.state).toBe('started');
  });

  test('more than 2 GB can be suspended', async () => {
    const path = await startedMachine(fly, { guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 } });
    await fly.post(`${path}/suspend`);
    expect((await fly.get(`${path}/wait?state=suspended`)).status).toBe(200);
  });

  test('what a state does not allow is a failed precondition', async () => {
    const path = await startedMachine(fly);
    await fly.post(`${path}/stop`);
    await fly.get(`${path}/wait?state=stopped`);
    for (const refused of [
      await fly.post(`${path}/suspend`),
      await fly.post(`${path}/exec`, { command: ['true'] }),
      await fly.post(`${path}/signal`, { signal: 'SIGTERM' }),
      await fly.get(`${path}/ps`),
    ]) {
      expect(refused.status).toBe(412);
    }
  });
});

describe('suspend above 2 GB where Fly falls back', () => {
  const fly = useFly(() => ({ settings: { suspendAbove2Gb: 'stop' } }));

  test('the machine is stopped', async () => {
    const path = await startedMachine(fly, { guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 4096 } });
    await fly.post(`${path}/suspend`);
    expect((await fly.get(`${path}/wait?state=settled`)).body.state).toBe('stopped');
  });
});

describe('ends of the main process', () => {
  const fly = useFly();
  const exits = async (path: string) =>
    (await fly.get(`${path}/events?limit=50`)).body
      .filter((event: Event) => event.type === 'exit')
      .map((event: { request: { exit_event: { exit_code: number; restarting: boolean } } }) => event.request.exit_event)
      .map((exit: { exit_code: number; restarting: boolean }) => `${exit.exit_code} ${exit.restarting}`)
      .reverse();

  test('on-failure restarts until its retries are used up', async () => {
    const path = await newMachine(fly, {
      restart: { policy: 'on-failure', max_retries: 2 },
      init: { cmd: ['sh', '-c', 'exit 3'] },
    });
    await fly.get(`${path}/wait?state=stopped`);
    expect(await exits(path)).toEqual(['3 true', '3 true', '3 false']);
  });

  test('on-failure leaves a clean end alone', async () => {
    const path = await newMachine(fly, { init: { cmd: ['true'] } });
    await fly.get(`${path}/wait?state=stopped`);
    expect(await exits(path)).toEqual(['0 false']);
  });

  test('always restarts a clean end, no does not restart at all', async () => {
    const always = await newMachine(fly, { restart: { policy: 'always', max_retries: 2 }, init: { cmd: ['true'] } });
    await fly.get(`${always}/wait?state=stopped`);
    expect(await exits(always)).toEqual(['0 true', '0 true', '0 false']);
    const no = await newMachine(fly, { restart: { policy: 'no' }, init: { cmd: ['false'] } });
    await fly.get(`${no}/wait?state=stopped`);
    expect(await exits(no)).toEqual(['1 false']);
  });

  test('auto_destroy destroys after the end, and waiting for stopped finds nothing', async () => {
    const path = await newMachine(fly, { auto_destroy: true, init: { cmd: ['sh', '-c', 'exit 4'] } });
    expect((await fly.get(`${path}/wait?state=destroyed`)).body.state).toBe('destroyed');
    expect((await fly.get(`${path}/wait?state=stopped`)).status).toBe(404);
    expect(await exits(path)).toEqual(['4 false']);
  });

  test('a crash of a running machine is seen as an event', async () => {
    const path = await startedMachine(fly, { restart: { policy: 'no' } });
    fly.admin.exitMachine('demo', fly.inspect().machines[0]?.id ?? '', { code: 137, oomKilled: true });
    expect((await fly.get(`${path}/events?limit=1`)).body[0]).toMatchObject({
      type: 'exit',
      status: 'stopped',
      source: 'flyd',
      request: { exit_event: { exit_code: 137, oom_killed: true, requested_stop: false }, restart_count: 0 },
    });
  });
});

describe('a shortest run', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({ clock: (clock = createVirtualClock()), latency: { shortestRunMs: 1000 } }));

  test('a machine whose program ends at once is seen as started, and goes after that time', async () => {
    const path = await newMachine(fly, { auto_destroy: true, init: { cmd: ['true'] } });
    expect((await fly.get(`${path}/wait?state=started`)).status).toBe(200);
    await clock.advance(999);
    expect((await fly.get(`${path}/wait?state=started`)).status).toBe(200);
    await clock.advance(1);
    expect((await fly.get(`${path}/wait?state=destroyed`)).status).toBe(200);
  });

  test('what has run longer is seen to end at once', async () => {
    const path = await startedMachine(fly, { restart: { policy: 'no' } });
    await clock.advance(1000);
    await fly.post(`${path}/signal`, { signal: 'SIGKILL' });
    expect((await fly.get(`${path}/wait?state=stopped`)).status).toBe(200);
  });

  test('a stop in that time wins, and there is one end', async () => {
    const path = await newMachine(fly, { init: { cmd: ['true'] }, restart: { policy: 'always' } });
    await fly.get(`${path}/wait?state=started`);
    await fly.post(`${path}/stop`);
    expect((await fly.get(`${path}/wait?state=stopped`)).status).toBe(200);
    await clock.advance(5000);
    const { body } = await fly.get(path);
    expect(body.state).toBe('stopped');
    expect(body.events.filter((event: Event) => event.type === 'exit')).toHaveLength(1);
  });
});

describe('wait', () => {
  let clock: VirtualClock;
  const fly = useFly(() => ({
    clock: (clock = createVirtualClock()),
    latency: { createMs: 5000, stopMs: 2000, stillActiveMs: 1000 },
  }));
  const app = () => fly.post('/v1/apps', { name: 'demo', org_slug: 'personal' });
  const create = async () =>
    `/v1/apps/demo/machines/${(await fly.post('/v1/apps/demo/machines', { config: CONFIG })).body.id}`;

  test('answers when the state comes', async () => {
    await app();
    const path = await create();
    const received = new Promise<void>((resolve) => fly.requests.onRequest(() => resolve()));
    const answer = fly.get(`${path}/wait?state=started&timeout=60`);
    await received;
    await clock.advance(4000);
    await clock.advance(1001);
    expect((await answer).body).toMatchObject({ ok: true, state: 'started', event_id: expect.any(String) });
  });

  test('408 after the timeout', async () => {
    await app();
    const path = await create();
    const received = new Promise<void>((resolve) => fly.requests.onRequest(() => resolve()));
    const answer = fly.get(`${path}/wait?state=started&timeout=2`);
    await received;
    await clock.advance(2001);
    expect((await answer).status).toBe(408);
  });

  test.each(['timeout=61', 'timeout=0', 'timeout=soon', 'state=happy'])('%s is refused', async (query) => {
    await app();
    const { status, body } = await fly.get(`${await create()}/wait?${query}`);
    expect(status).toBe(400);
    if (query === 'timeout=61')
      expect(body.error).toMatch(/^invalid_argument: .*value must be inside range \[1s, 1m0s\]$/);
  });

  test('several states, repeated or as a list', async () => {
    await app();
    const path = await create();
    await clock.advance(5001);
    expect((await fly.get(`${path}/wait?state=stopped,started`)).body.state).toBe('started');
    expect((await fly.get(`${path}/wait?state=failed&state=started`)).body.state).toBe('started');
    expect((await fly.get(`${path}/wait?state=settled`)).body.state).toBe('started');
  });

  test('from_event_id sees what has come and gone since', async () => {
    await app();
    const path = await create();
    await clock.advance(5001);
    const [before] = (await fly.get(`${path}/events?limit=1`)).body;
    await fly.post(`${path}/stop`);
    await clock.advance(4000);
    await fly.post(`${path}/start`);
    await clock.advance(1);
    expect((await fly.get(path)).body.state).toBe('started');
    const { body } = await fly.get(`${path}/wait?state=stopped&from_event_id=${before.id}`);
    expect(body).toMatchObject({ ok: true });
    expect(body.event_id > before.id).toBe(true);
  });

  test('right after a stop a start is refused although the state reads stopped', async () => {
    await app();
    const path = await create();
    await clock.advance(5001);
    await fly.post(`${path}/stop`);
    expect((await fly.post(`${path}/start`)).status).toBe(412);
    await clock.advance(2001);
    expect((await fly.get(path)).body.state).toBe('stopped');
    const { status, body } = await fly.post(`${path}/start`);
    expect([status, body]).toEqual([412, { error: 'failed_precondition: machine still active, refusing to start' }]);
    await clock.advance(1000);
    expect((await fly.post(`${path}/start`)).status).toBe(200);
  });

  test('a client that goes away leaves nothing behind', async () => {
    await app();
    const path = await create();
    const leaving = new AbortController();
    const off = fly.requests.onRequest(() => leaving.abort());
    const gone = fetch(`${fly.url}${path}/wait`, {
      headers: { authorization: `Bearer ${fly.token}` },
      signal: leaving.signal,
    });
    await expect(gone).rejects.toThrow();
    off();
    expect((await fly.get(path)).status).toBe(200);
  });
});

describe('exec and ps', () => {
  const fly = useFly();

  test('exec by list and by line', async () => {
    const path = await startedMachine(fly);
    const list = await fly.post(`${path}/exec`, { command: ['sh', '-c', 'echo out; cat; exit 7'], stdin: 'lost' });
    expect(list.body).toEqual({ exit_code: 7, exit_signal: 0, stdout: 'out\n', stderr: '' });
    const line = await fly.post(`${path}/exec`, { cmd: `echo "two words" done` });
    expect(line.body.stdout).toBe('two words done\n');
    const unknown = await fly.post(`${path}/exec`, { command: ['frobnicate'] });
    expect(unknown.body).toMatchObject({ exit_code: 127, stderr: expect.stringContaining('not found') });
    expect((await fly.post(`${path}/exec`, {})).status).toBe(400);
  });

  test('a command that takes too long: 408 in the words of Fly, not its exit', async () => {
    const path = await startedMachine(fly);
    const answer = await fly.post(`${path}/exec`, { command: ['sleep', '60'], timeout: 0.05 });
    expect([answer.status, answer.body]).toEqual([
      408,
      {
        error: expect.stringMatching(/^deadline_exceeded: Post "http:\/\/unix\/v1\/exec": .*Client\.Timeout exceeded/),
      },
    ]);
    expect((await fly.post(`${path}/exec`, { command: ['echo', 'next'] })).body.stdout).toBe('next\n');
  });

  test('ps is sorted as asked', async () => {
    const path = await startedMachine(fly);
    const pids = async (query: string) =>
      (await fly.get(`${path}/ps?${query}`)).body.map((row: { pid: number }) => row.pid);
    const up = await pids('sort_by=pid');
    expect(await pids('sort_by=pid&order=desc')).toEqual([...up].reverse());
    expect((await fly.get(`${path}/ps?sort_by=listen_sockets`)).status).toBe(400);
  });
});
