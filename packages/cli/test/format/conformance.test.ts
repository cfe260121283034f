import type { CaseReport } from '@sindri/testkit';
import { formatCase, formatConformance } from '../../src/format/conformance';
import type { VerifyResult } from '../../src/operations/provider-verify';
import { plain } from '../fakes';

function ran(name: string, rest: Partial<CaseReport> = {}): CaseReport {
  return { name, status: 'passed', notes: [], elapsedMs: 10, ...rest };
}

function result(cases: CaseReport[], rest: Partial<VerifyResult> = {}): VerifyResult {
  const count = (status: string) => cases.filter((one) => one.status === status).length;
  return {
    schema: 'sindri.conformance/1',
    provider: { name: 'pod', title: 'Pods', apiVersion: 1 },
    capabilities: ['power', 'session', 'logs'],
    power: ['start', 'suspend'],
    sessionModes: ['terminal'],
    status: count('failed') === 0 ? 'passed' : 'failed',
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cases,
    elapsedMs: 65_000,
    platform: 'local',
    next: null,
    ...rest,
  };
}

describe('a case, as it ends', () => {
  it('has its number, and its time when one has waited', () => {
    expect(formatCase(ran('plan: is pure'), { number: 7, total: 68 }, plain)).toBe('✓  7/68 plan: is pure');
    const slow = ran('apply: is slow', { elapsedMs: 12_300 });
    expect(formatCase(slow, { number: 25, total: 68 }, plain)).toBe('✓ 25/68 apply: is slow  12 s');
  });

  it('says why it failed', () => {
    const failed = ran('plan: is pure', { status: 'failed', error: 'Error: it used Date.now()\nin line 7' });
    expect(formatCase(failed, { number: 7, total: 9 }, plain)).toBe(
      '✗ 7/9 plan: is pure\n    Error: it used Date.now()\n    in line 7',
    );
  });
});

describe('the report', () => {
  it('lists what was declared, passed, failed, skipped, and looked at less closely', () => {
    const note = 'The rig has no inventory.';
    const reason = 'the provider has no "power.stop"';
    const text = formatConformance(
      result([
        ran('identity: one'),
        ran('identity: two'),
        ran('plan: is pure', { status: 'failed', error: 'Error: no' }),
        ran('apply: one', { notes: [note] }),
        ran('apply: two', { notes: [note] }),
        ran('power: stop', { status: 'skipped', reason }),
      ]),
      plain,
    );
    expect(text).toBe(
      [
        'Pods (pod, contract version 1) violates the contract.',
        'Tried on the local emulator of Pods. Declared: power (start, suspend), session (terminal), logs.',
        '',
        '4 passed, 1 failed, 1 skipped in 1 min 5 s.',
        'Passed:',
        '  identity 2, apply 2',
        'Failed:',
        '  ✗ plan: is pure',
        '      Error: no',
        'Skipped:',
        `  ${reason}`,
        '    - power: stop',
        'Looked at less closely:',
        `  ${note}`,
        '    - apply: one',
        '    - apply: two',
      ].join('\n'),
    );
  });

  it('says when nobody knows the end', () => {
    const cut = ran('plan: is pure', { status: 'skipped', reason: 'the run was ended during this case' });
    const text = formatConformance(result([ran('identity: one'), cut], { status: 'aborted' }), plain);
    expect(text).toMatch(/^Pods .* was not checked to the end: the run was ended before\.\n/);
    expect(text).toContain('  the run was ended during this case\n    - plan: is pure');
  });

  it('counts many cases that share a reason, and says how to go on', () => {
    const skipped = Array.from({ length: 20 }, (_, index) =>
      ran(`plan: ${index}`, { status: 'skipped', reason: 'no platform' }),
    );
    const next = 'Try the rest: sindri provider verify pod --local';
    const text = formatConformance(result([ran('identity: one'), ...skipped], { platform: 'none', next }), plain);
    expect(text).toContain('conforms to the contract, as far as it was checked.');
    expect(text).toContain('Skipped:\n  no platform: 20 cases\n');
    expect(text).toMatch(/\n\nNext: Try the rest: sindri provider verify pod --local$/);
  });
});
