import { createReferenceSubject, runConformance, type CaseReport } from '../src/index.js';

describe('the reference provider', () => {
  test('passes every case, with every capability', async () => {
    const told: CaseReport[] = [];
    const report = await runConformance(createReferenceSubject(), { onCase: (item) => told.push(item) });
    expect(report.cases.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(report).toMatchObject({
      schema: 'sindri.conformance/1',
      provider: { name: 'reference', apiVersion: 1 },
      capabilities: [
        'power',
        'session',
        'exec',
        'dial',
        'tunnelPeers',
        'sshTarget',
        'logs',
        'artifacts',
        'volumes',
        'snapshots',
        'keys',
        'secrets',
        'environments',
        'events',
        'hold',
        'diagnose',
        'cost',
        'regions',
        'signIn',
        'import',
        'builds',
      ],
      status: 'passed',
      failed: 0,
      skipped: 0,
    });
    expect(told).toEqual(report.cases);
    // Every door of its rig is open, so nothing is looked at less closely.
    expect(report.cases.flatMap(({ notes }) => notes)).toEqual([]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
