import { CONFORMANCE_CASES } from '../../src/cases/all.js';
import { createConfigLoader } from '../../src/config-loader.js';
import { createReferenceSubject } from '../../src/reference/subject.js';
import { runCase } from '../../src/run-case.js';
import { selectCases } from '../../src/run.js';
import { brokenApplying } from './applying.js';
import { brokenBeing } from './being.js';
import type { Bend, BrokenProviders } from './bend.js';
import { brokenHistory } from './history.js';
import { brokenInside } from './inside.js';
import { brokenKeys } from './keys.js';
import { brokenLooking } from './looking.js';
import { brokenOutside } from './outside.js';
import { brokenPlanning } from './planning.js';
import { brokenReaching } from './reaching.js';
import { brokenSecrets } from './secrets.js';
import { brokenSignIn } from './sign-in.js';
import { brokenSnapshots } from './snapshots.js';
import { brokenTroubles } from './troubles.js';

const broken: BrokenProviders = {
  ...brokenOutside,
  ...brokenLooking,
  ...brokenPlanning,
  ...brokenApplying,
  ...brokenReaching,
  ...brokenBeing,
  ...brokenInside,
  ...brokenKeys,
  ...brokenSecrets,
  ...brokenSnapshots,
  ...brokenHistory,
  ...brokenSignIn,
  ...brokenTroubles,
};

const names = CONFORMANCE_CASES.map(({ name }) => name);
// Thousands of case runs need the same few configs.
const loader = createConfigLoader();

test('there is a broken provider for every case, and none for anything else', () => {
  expect(Object.keys(broken).sort()).toEqual([...names].sort());
});

const variants: [string, string, Bend][] = names.flatMap((name) => {
  const bend = broken[name] ?? {};
  const titled = typeof bend === 'function' ? { '': bend } : bend;
  return Object.entries(titled).map(([title, one]): [string, string, Bend] => [name, title, one]);
});

test.each(variants)('only the case notices: %s %s', async (name, _title, bend) => {
  const subject = createReferenceSubject((provider, platform) => ({ ...provider, ...bend(provider, platform) }));
  const failed: string[] = [];
  for (const { case: item } of selectCases(subject)) {
    const { status, name: caseName } = await runCase(subject, item, { caseTimeoutMs: 10_000 }, loader);
    if (status === 'failed') failed.push(caseName);
  }
  expect(failed).toEqual([name]);
});
