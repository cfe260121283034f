import type { LogLine } from '@sindri/core';
import { fastClock } from '../support/context';
import { createWorkplace, quickstart, type Workplace } from '../support/workplace';

describe('logs', () => {
  let workplace: Workplace;

  beforeEach(async () => {
    workplace = await createWorkplace();
    await workplace.deploy();
  });

  afterEach(() => workplace.remove());

  const gaps = () =>
    workplace.events.flatMap((event) =>
      event.type === 'notice' && event.code === 'FLY_LOGS_GAP' ? [event.message] : [],
    );

  it('are one story of app, proxy and platform, and say what is no longer kept', async () => {
    const environment = await workplace.open();
    const machine = workplace.emulator.inspect().machines[0];
    workplace.emulator.admin.exitMachine('my-sindri-fly', machine?.name ?? '', { code: 3 });
    const lines: LogLine[] = [];
    for await (const line of environment.logs({ sinceMs: 0 })) lines.push(line);
    const times = lines.map(({ timestamp }) => Date.parse(timestamp));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(lines.map(({ source }) => source)).size).toBeGreaterThan(1);
    expect(gaps()).toEqual(['Fly keeps the logs of about a week: what is older is not here.']);
  });

  it('a follower reads on after an outage, and tells it', async () => {
    const environment = await workplace.open({ config: quickstart, clock: fastClock(50) });
    const controller = new AbortController();
    const lines: string[] = [];
    const outage = { name: 'server-error', match: { path: '/api/v1/apps/my-sindri-fly/logs' }, times: 8 };
    for await (const line of environment.logs({ follow: true, tail: 1 }, { signal: controller.signal })) {
      lines.push(line.message);
      if (lines.length === 1) {
        workplace.emulator.faults.inject(outage);
        const name = workplace.emulator.inspect().machines[0]?.name ?? '';
        workplace.emulator.admin.exitMachine('my-sindri-fly', name, { code: 3 });
      } else controller.abort();
    }
    expect(lines.length).toBeGreaterThan(1);
    expect(gaps()).toEqual([expect.stringMatching(/^The logs could not be read from .*Z to .*Z\./)]);
  });
});
