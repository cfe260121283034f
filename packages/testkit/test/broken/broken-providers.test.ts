import { CONFORMANCE_CASES } from '../../src/cases/all.js';
import { createConfigLoader } from '../../src/config-loader.js';
import { createReferenceSubject } from '../../src/reference/subject.js';
import { runCase } from '../../src/run-case.js';
import { selectCases } from '../../src/run.js';
import { brokenApplying } from './applying.js';
import { brokenBeing } from './being.js';
import { brokenBuilds } from './builds.js';
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
  ...brokenBuilds,
};

const names = CONFORMANCE_CASES.map(({ name }) => name);
// Thousands of case runs need the same few configs.
const loader = createConfigLoader();

test('there is a broken provider for every case, and none for anything else', () => {
  expect(Object.keys(broken).sort()).toEqual([...names].sort());
});

/**
 * All cases against every broken provider are twenty thousand runs: minutes. Here each meets its own case, those of the same subject, and a
 * sixth of the others, another sixth than the one before it; with this, CI's own job runs them all.
 */
const isWhole = process.env.SINDRI_BROKEN_PROVIDERS === 'all';
const subjectOf = (name: string): string => name.split(':')[0] ?? '';

const variants: [string, string, Bend][] = names.flatMap((name) => {
  const bend = broken[name] ?? {};
  const titled = typeof bend === 'function' ? { '': bend } : bend;
  return Object.entries(titled).map(([title, one]): [string, string, Bend] => [name, title, one]);
});

test.each(variants.map((variant, index) => [...variant, index] as const))(
  'only the case notices: %s %s',
  async (name, _title, bend, index) => {
    const subject = createReferenceSubject((provider, platform) => ({ ...provider, ...bend(provider, platform) }));
    const failed: string[] = [];
    const meets = (other: string, at: number): boolean =>
      isWhole || subjectOf(other) === subjectOf(name) || (at + index) % 6 === 0;
    for (const { case: item } of selectCases(subject).filter((selected, at) => meets(selected.case.name, at))) {
      const { status, name: caseName } = await runCase(subject, item, { caseTimeoutMs: 60_000 }, loader);
      if (status === 'failed') failed.push(caseName);
    }
    expect(failed).toEqual([name]);
  },
);
