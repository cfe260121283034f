import { startSubject, type Subject } from '../support/fly.js';
import { RECORDED_RUNS } from './recorded-runs.js';
import { Replay } from './replay.js';

/** Where the emulator's answer is another one, and flyctl ends the same way. */
const KNOWN_DIFFERENCES = [
  // A machine's lease goes with the machine; flyctl says nothing of that.
  /^DELETE \S+\/lease: 404, not 200$/,
  // Of an image that is not of Fly's own: then flyctl goes on without.
  /^latestImageDetails: Unknown repository$/,
  // The recorded machine had been put to sleep meanwhile.
  /^GET \S+\/ps: 200, not 412$/,
  // Refused by both; ours says why.
  /^POST \S+\/certificates\/acme: 501, not 404$/,
];

const found: string[][] = [];
let fly: Subject;

beforeAll(async () => {
  fly = await startSubject();
  for (const name of ['demo-app', 'demo-dp', 'demo-web', 'demo-rel', 'tun-app']) fly.admin.seedApp({ name });
  const replay = new Replay(fly);
  // In their order, and all before the first test: a run finds what those before it have left.
  for (const run of RECORDED_RUNS) found.push(await replay.run(run));
});
afterAll(() => fly.stop());

const isKnown = (problem: string): boolean => KNOWN_DIFFERENCES.some((known) => known.test(problem));

test('what a real flyctl asked for is answered with what it reads', () => {
  const runs = RECORDED_RUNS.map(
    ({ command }, index) => [command, found[index]?.filter((one) => !isKnown(one))] as const,
  );
  const unsatisfied = runs.filter(([, problems]) => problems?.length !== 0);
  expect(Object.fromEntries(unsatisfied)).toEqual({});
  expect(runs.length).toBe(147);
});
