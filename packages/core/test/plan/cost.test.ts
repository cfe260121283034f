import type { Budget, CostSummary } from '../../src/model/cost';
import type { Change, Plan } from '../../src/model/plan';
import { requireWithinBudget } from '../../src/plan/budget';
import { withExpected } from '../../src/plan/expected-cost';
import { fingerprintPlan } from '../../src/plan/fingerprint';
import { oldPricesText } from '../../src/plan/price-age';

const cost: CostSummary = {
  currency: 'USD',
  monthlyRunning: 34.78,
  monthlyIdle: 5.7,
  items: [
    { title: 'machine', monthly: 30.28, monthlyIdle: 0 },
    { title: 'root', monthly: 0, monthlyIdle: 1.2 },
    { title: 'volume', monthly: 4.5 },
  ],
  pricesAsOf: '2026-11-01',
};

describe('what is expected between asleep and always on', () => {
  it('assumes 8 hours on 22 days, and each sum is that of its column', () => {
    const { awake, monthlyExpected, items } = withExpected(cost);
    expect(awake).toEqual({ hours: 176, basis: 'assumed' });
    expect(items.map((item) => item.monthlyExpected)).toEqual([7.4, 0.91, 4.5]);
    expect(monthlyExpected).toBe(12.81);
  });

  it.each([
    [0, 5.7],
    [720, 34.78],
    [9999, 34.78],
    [-1, 5.7],
  ])('%p hours that somebody asks for: $%p', (hours, expected) => {
    expect(withExpected(cost, hours)).toMatchObject({ awake: { basis: 'asked' }, monthlyExpected: expected });
  });

  it('takes the hours of the provider, if they are any', () => {
    const measured = { hours: 360, basis: 'measured', days: 12 } as const;
    expect(withExpected({ ...cost, awake: measured })).toMatchObject({ awake: measured, monthlyExpected: 20.24 });
    const broken = withExpected({ ...cost, awake: { hours: Number.NaN, basis: 'measured' }, monthlyExpected: 1 });
    expect(broken).toMatchObject({ awake: { basis: 'assumed' }, monthlyExpected: 12.81 });
  });

  it('says nothing where the idle part is unknown', () => {
    const unknown = withExpected({ ...cost, monthlyIdle: null, monthlyExpected: 3 });
    expect(unknown).not.toHaveProperty('monthlyExpected');
    expect(unknown).not.toHaveProperty('awake');
  });

  it('is no part of what makes a plan stale', () => {
    const plan = planOf({ cost: withExpected(cost) });
    const later = planOf({ cost: withExpected({ ...cost, awake: { hours: 100, basis: 'measured', days: 5 } }) });
    expect(fingerprintPlan(later)).toBe(fingerprintPlan(plan));
    expect(fingerprintPlan(planOf({ cost: withExpected({ ...cost, monthlyRunning: 1 }) }))).not.toBe(
      fingerprintPlan(plan),
    );
  });
});

describe('a budget', () => {
  const over = (of: Budget['of'], monthly: number, rest: Partial<Plan> = {}): string | null => {
    try {
      requireWithinBudget(planOf({ cost: withExpected(cost), budget: { monthly, of }, ...rest }));
      return null;
    } catch (error) {
      expect(error).toMatchObject({ code: 'PLAN_OVER_BUDGET', kind: 'policy' });
      return (error as Error).message;
    }
  };

  it('is held against what a month costs at most, or what is expected', () => {
    expect(over('always-on', 34.78)).toBeNull();
    expect(over('always-on', 34.77)).toBe('demo would cost $34.78 a month always on; its budget is $34.77.');
    expect(over('expected', 15)).toBeNull();
    expect(over('expected', 12)).toContain('$12.81 a month with 176 hours awake');
  });

  it('refuses what nobody knows', () => expect(over('always-on', 1000, { cost: null })).toContain('nobody knows'));

  it('never stands in the way of deleting, nor of what makes nothing dearer', () => {
    expect(over('always-on', 1, { intent: 'destroy' })).toBeNull();
    expect(over('always-on', 1, { intent: 'key.admit' })).toBeNull();
    const dearer = { monthlyCostDelta: 3 } as Change;
    expect(over('always-on', 1, { intent: 'volume.extend', changes: [dearer] })).not.toBeNull();
  });
});

describe('old prices', () => {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

  it('are told after 90 days', () => {
    expect(oldPricesText(cost, day('2027-01-30'))).toBeNull();
    expect(oldPricesText(cost, day('2027-01-31'))).toContain('The prices are of 2026-11-01, more than 90 days ago');
  });

  it('are none where no price could change, or the day is none', () => {
    for (const pricesAsOf of [null, 'yesterday']) expect(oldPricesText({ pricesAsOf }, day('2030-01-01'))).toBeNull();
    expect(oldPricesText(null, day('2030-01-01'))).toBeNull();
  });
});

function planOf(rest: Partial<Plan>): Plan {
  return {
    schema: 'sindri.plan/1',
    environment: 'demo',
    provider: 'fake',
    intent: 'deploy',
    specHash: '',
    changes: [],
    notes: [],
    cost: null,
    fingerprint: '',
    ...rest,
  };
}
