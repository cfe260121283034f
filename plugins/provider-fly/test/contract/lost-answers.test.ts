import { isSindriError } from '@sindri/core';
import { fastClock } from '../support/context';
import { abortAfter, forEachRequest, requestFaults } from '../support/request-matrix';
import { nothing, oneEnvironment } from '../support/workplace';

const clock = fastClock(20);

describe('a deploy of which one request goes wrong', () => {
  it.each(requestFaults)(
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
      const { controller, off } = abortAfter(workplace, nth);
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
  it.each(requestFaults)(
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

  it('leaves nothing in the next run when it is cancelled, after whichever request', async () => {
    const tried = await forEachRequest(async (workplace, nth) => {
      await workplace.deploy({ clock });
      const { controller, off } = abortAfter(workplace, nth);
      const options = { clock, signal: controller.signal };
      const ended = await workplace.destroy(options).catch((error: unknown) => error);
      off();
      if (isSindriError(ended)) expect(ended.code).toBe('OPERATION_CANCELLED');
      await workplace.destroy({ clock });
      expect({ nth, ...workplace.alive() }).toEqual({ nth, ...nothing });
      return controller.signal.aborted;
    });
    expect(tried).toBeGreaterThanOrEqual(8);
  }, 120_000);
});
