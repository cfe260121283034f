import { isSindriError } from '@sindri/core';
import { createWorkplace, nothing, oneEnvironment, type Workplace } from '../support/workplace';

/** More than a first deploy sends; the loop ends by itself when a deploy never reaches request n. */
const mostRequests = 40;

/** What goes wrong with one request → how the emulator calls it. */
const faults: [string, { name: string; params?: Record<string, boolean> }][] = [
  ['its answer is lost after it was carried out', { name: 'lost-answer' }],
  ['it answers 500 after it was carried out', { name: 'http-500', params: { commit: true } }],
  ['it answers 500 without being carried out', { name: 'http-500' }],
  ['it answers 408 after it was carried out', { name: 'http-408', params: { commit: true } }],
  ['it is rate-limited', { name: 'http-429' }],
];

describe('a deploy of which one request goes wrong', () => {
  it.each(faults)(
    'converges when %s, at any index',
    async (_title, fault) => {
      for (let nth = 1; nth <= mostRequests; nth++) {
        const workplace = await createWorkplace();
        try {
          workplace.emulator.faults.inject({ ...fault, match: { nth }, times: 1 });
          const first = await tryDeploy(workplace);
          const reached = workplace.emulator.faults.list().length === 0;
          workplace.emulator.faults.clear();
          const second = await workplace.deploy();
          expect({ nth, first, second: second.status, ...workplace.alive() }).toEqual({
            nth,
            first: expect.anything(),
            second: 'succeeded',
            ...oneEnvironment,
          });
          expect((await workplace.plan()).changes).toEqual([]);
          await workplace.destroy();
          expect({ nth, ...workplace.alive() }).toEqual({ nth, ...nothing });
          if (!reached) return;
        } finally {
          await workplace.remove();
        }
      }
    },
    300_000,
  );
});

async function tryDeploy(workplace: Workplace): Promise<string> {
  try {
    return (await workplace.deploy()).status;
  } catch (error) {
    if (!isSindriError(error)) throw error;
    return error.code;
  }
}
