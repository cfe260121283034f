import { isSindriError } from '@sindri/core';
import { fastClock } from '../support/context';
import { createWorkplace, nothing, oneEnvironment, type Workplace } from '../support/workplace';

/** More than a deploy or a destroy sends; each loop ends by itself when request n is never reached. */
const mostRequests = 40;

/** What goes wrong with one request → how the emulator calls it. */
const faults: [string, { name: string; params?: Record<string, boolean> }][] = [
  ['its answer is lost after it was carried out', { name: 'lost-answer' }],
  ['it answers 500 after it was carried out', { name: 'server-error', params: { commit: true } }],
  ['it answers 500 without being carried out', { name: 'server-error' }],
  ['it is rate-limited', { name: 'rate-limited' }],
];

const clock = fastClock(20);

/** Runs `body` with n = 1, 2, … until it says that request n did not come about; returns how many did. */
async function forEachRequest(body: (workplace: Workplace, nth: number) => Promise<boolean>): Promise<number> {
  for (let nth = 1; nth <= mostRequests; nth++) {
    const workplace = await createWorkplace();
    try {
      if (!(await body(workplace, nth))) return nth - 1;
    } finally {
      await workplace.remove();
    }
  }
  return mostRequests;
}

describe('a deploy of which one request goes wrong', () => {
  it.each(faults)(
    'is done once and for all in the same run when %s, whichever it is',
    async (_title, fault) => {
      const tried = await forEachRequest(async (workplace, nth) => {
        const { emulator } = workplace;
        emulator.faults.inject({ ...fault, match: { nth }, times: 1 });
        expect({ nth, status: (await workplace.deploy({ clock })).status }).toEqual({ nth, status: 'succeeded' });
        const struck = emulator.faults.list().length === 0;
        emulator.faults.clear();
        expect({ nth, ...workplace.alive() }).toEqual({ nth, ...oneEnvironment });
        expect((await workplace.plan()).changes).toEqual([]);
        return struck;
      });
      expect(tried).toBeGreaterThanOrEqual(9);
    },
    120_000,
  );

  it('converges in the next run when it is cancelled, after whichever request', async () => {
    const tried = await forEachRequest(async (workplace, nth) => {
      const controller = new AbortController();
      let seen = 0;
      const off = workplace.emulator.requests.onRequest((_entry, phase) => {
        if (phase === 'committed' && ++seen === nth) controller.abort();
      });
      const ended = await workplace.deploy({ clock, signal: controller.signal }).catch((error: unknown) => error);
      off();
      if (isSindriError(ended)) expect(ended.code).toBe('OPERATION_CANCELLED');
      await workplace.deploy({ clock });
      expect({ nth, ...workplace.alive() }).toEqual({ nth, ...oneEnvironment });
      expect((await workplace.plan()).changes).toEqual([]);
      return controller.signal.aborted;
    });
    expect(tried).toBeGreaterThanOrEqual(9);
  }, 120_000);
});

describe('a destroy of which one request goes wrong', () => {
  it.each(faults)(
    'leaves nothing when %s, whichever it is',
    async (_title, fault) => {
      const tried = await forEachRequest(async (workplace, nth) => {
        const { emulator } = workplace;
        await workplace.deploy({ clock });
        emulator.faults.inject({ ...fault, match: { nth }, times: 1 });
        expect({ nth, status: (await workplace.destroy({ clock })).status }).toEqual({ nth, status: 'succeeded' });
        expect({ nth, ...workplace.alive() }).toEqual({ nth, ...nothing });
        return emulator.faults.list().length === 0;
      });
      expect(tried).toBeGreaterThanOrEqual(8);
    },
    120_000,
  );
});
