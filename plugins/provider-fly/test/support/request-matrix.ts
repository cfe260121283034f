import { createWorkplace, type Workplace } from './workplace';

/** More than an operation sends; each loop ends by itself when request n is never reached. */
const mostRequests = 60;

/** What goes wrong with one request → how the emulator calls it. */
export const requestFaults: readonly [string, { name: string; params?: Record<string, boolean> }][] = [
  ['its answer is lost after it was carried out', { name: 'lost-answer' }],
  ['it answers 500 after it was carried out', { name: 'server-error', params: { commit: true } }],
  ['it answers 500 without being carried out', { name: 'server-error' }],
  ['it is rate-limited', { name: 'rate-limited' }],
];

/** Runs `body` with n = 1, 2, … until it says that request n did not come about; returns how many did. */
export async function forEachRequest(body: (workplace: Workplace, nth: number) => Promise<boolean>): Promise<number> {
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

/** Aborts when the n-th request from now on, of those that `counts`, has been carried out. */
export function abortAfter(
  workplace: Workplace,
  nth: number,
  counts: (entry: { writes: boolean }) => boolean = () => true,
): { controller: AbortController; off(): void } {
  const controller = new AbortController();
  let seen = 0;
  const off = workplace.emulator.requests.onRequest((entry, phase) => {
    if (phase === 'committed' && counts(entry) && ++seen === nth) controller.abort();
  });
  return { controller, off };
}
