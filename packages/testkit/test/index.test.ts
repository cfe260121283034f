import * as testkit from '../src/index.js';

test('the public names are these, and no others', () => {
  expect(Object.keys(testkit).sort()).toEqual([
    'CONFORMANCE_CASES',
    'createEnvironmentSubject',
    'createFakeClock',
    'createReferencePlatform',
    'createReferenceProvider',
    'createReferenceSubject',
    'createWorkplace',
    'describeConformance',
    'findCases',
    'runCase',
    'runConformance',
    'selectCases',
    'startRecordingProxy',
    'testConformance',
  ]);
});

test('every case has a name of its own, with its group in front', () => {
  const names = testkit.CONFORMANCE_CASES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z]+: \S/);
});
