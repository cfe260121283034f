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

/** Commands that need a certificate: each is refused, with the reason. */
const NEED_THE_TUNNEL = /^ssh /;

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
  const unsatisfied = runs.filter(([command, problems]) => !NEED_THE_TUNNEL.test(command) && problems?.length !== 0);
  expect(Object.fromEntries(unsatisfied)).toEqual({});
  expect(runs.length).toBe(147);
});

test('what needs a certificate is refused with the reason', () => {
  const refused = RECORDED_RUNS.flatMap(({ command }, index) => {
    const [first] = NEED_THE_TUNNEL.test(command) ? (found[index] ?? []).filter((one) => !isKnown(one)) : [];
    return first === undefined ? [] : [`${command.split(' ', 2).join(' ')} — ${first}`];
  });
  const reason = 'this local emulator issues no certificates for "personal"';
  expect([...new Set(refused)].sort()).toEqual([
    `ssh console — issueCertificate: ${reason}`,
    `ssh issue — issueCertificate: ${reason}`,
    `ssh sftp — issueCertificate: ${reason}`,
  ]);
});
