import { completePlan } from '../../src/plan/complete-plan.js';
import { fingerprintPlan } from '../../src/plan/fingerprint.js';
import type { ObservedResource, Observation } from '../../src/model/observation.js';
import type { Change } from '../../src/model/plan.js';
import { change, spec } from '../fake-provider.js';

function observation(...resources: ObservedResource[]): Observation {
  return { environment: 'demo', provider: 'fake', observedAt: '2026-01-01T00:00:00Z', resources, facts: {} };
}

function plan(changes: Change[], seen = observation()) {
  return completePlan({
    provider: 'fake',
    spec: spec(),
    intent: 'deploy',
    secrets: [],
    observation: seen,
    planned: { changes, notes: [], cost: null },
  });
}

describe('completePlan', () => {
  test('adds order, identity and hashes', () => {
    const made = plan([change('b', { dependsOn: ['a'] }), change('a')]);
    expect(made).toMatchObject({ schema: 'sindri.plan/1', environment: 'demo', provider: 'fake', intent: 'deploy' });
    expect(made.changes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(made.fingerprint).toBe(fingerprintPlan(made));
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  test('equal inputs give an equal plan, other changes another fingerprint', () => {
    expect(plan([change('a'), change('b')])).toEqual(plan([change('b'), change('a')]));
    expect(plan([change('a')]).fingerprint).not.toBe(plan([change('a', { payload: { size: 1 } })]).fingerprint);
    expect(plan([change('a')]).specHash).toBe(plan([change('b')]).specHash);
  });

  test('refuses a change on something that could not be read', () => {
    const seen = observation({ id: 'a', type: 'thing', name: 'a', status: 'unobserved', reason: '503' });
    expect(() => plan([change('a')], seen)).toThrow(
      expect.objectContaining({
        code: 'PLAN_UNOBSERVED',
        kind: 'incomplete',
        retryable: true,
        message: 'No safe plan is possible: thing a (503) could not be read, so nobody knows whether it exists.',
      }),
    );
  });

  test('says what it could not see and leaves as it is', () => {
    const seen = observation({ id: 'x', type: 'thing', name: 'x', status: 'unobserved' });
    expect(plan([change('a')], seen).notes).toEqual([
      {
        level: 'warning',
        code: 'PLAN_RESOURCE_UNOBSERVED',
        message: 'thing x could not be read; this plan leaves it as it is.',
      },
    ]);
  });

  test('keeps what a destroy keeps, and only there', () => {
    const request = {
      provider: 'fake',
      spec: spec(),
      secrets: [],
      keep: ['volume', 'ip', 'volume'],
      observation: observation(),
      planned: { changes: [], notes: [], cost: null },
    };
    expect(completePlan({ ...request, intent: 'destroy' }).keep).toEqual(['ip', 'volume']);
    expect(completePlan({ ...request, intent: 'deploy' })).not.toHaveProperty('keep');
  });
});
