import path from 'node:path';
import { describeConformance, runConformance, type Subject } from '../src/index.js';

const example = path.resolve(__dirname, '../../../examples/custom-provider');
const { createSubject } = require(path.join(example, 'conformance.js')) as { createSubject(): Subject };

// A stranger's provider: no build, no copy of our packages. What it does not declare is looked at below, in the report.
const declared = Object.assign((name: string, run: () => Promise<void>, ms?: number) => test(name, run, ms), {
  skip: () => undefined,
});
describeConformance(createSubject(), { describe, test: declared });

test('its report tells what it does not declare', async () => {
  const { capabilities, cases } = await runConformance(createSubject());
  expect(capabilities).toEqual(['power', 'session', 'logs']);
  const skipped = cases.filter(({ status }) => status === 'skipped').map(({ reason }) => reason);
  expect([...new Set(skipped)]).toEqual([
    'the subject knows no config whose environment ends right after its start',
    'the subject knows no other image that could run',
    'the subject knows no image that is missing',
    'the provider has no "power.suspend"',
    'the provider has no "power.restart"',
    'the provider declares no connection methods',
    'the provider does not declare "secrets"',
    'the provider does not declare "volumes"',
    'the provider does not declare "volumes" and "snapshots"',
    'the provider does not declare "snapshots"',
    'the provider does not declare "keys"',
    'the provider does not declare "exec"',
    'the provider does not declare "dial"',
    'the provider does not declare "tunnelPeers"',
    'the provider does not declare "sshTarget"',
    'the provider does not declare "events"',
    'the provider does not declare "hold"',
    'the provider does not declare "diagnose"',
    'the provider does not declare "environments"',
    'the provider does not declare "cost"',
    'the provider does not declare "cost" and "volumes"',
    'the provider does not declare "regions"',
    'the provider does not declare "signIn"',
    'the provider does not declare "artifacts"',
    'the provider does not declare "import"',
    'the provider does not declare "builds"',
  ]);
});
