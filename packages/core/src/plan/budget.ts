import { coreError } from '../model/core-error.js';
import type { Budget } from '../model/cost.js';
import type { Plan } from '../model/plan.js';

/**
 * Throws `PLAN_OVER_BUDGET` for a plan that leads to a bill beyond its budget, or to one that nobody knows. Deleting is always allowed, and
 * so is what makes nothing dearer apart from a deploy, which is held against its config as a whole.
 */
export function requireWithinBudget(plan: Plan): void {
  const { budget, cost, environment, intent } = plan;
  if (budget === undefined || intent === 'destroy') return;
  if (
    intent !== 'deploy' &&
    !plan.changes.some(({ monthlyCostDelta }) => monthlyCostDelta !== null && monthlyCostDelta > 0)
  )
    return;
  const monthly =
    cost === null
      ? null
      : budget.of === 'expected'
        ? (cost.monthlyExpected ?? cost.monthlyRunning)
        : cost.monthlyRunning;
  // A cent's fraction is the rounding of a bill.
  if (monthly !== null && monthly < budget.monthly + 0.005) return;
  const currency = cost?.currency ?? plan.currency ?? 'USD';
  const shown = (amount: number): string =>
    currency === 'USD' ? `$${amount.toFixed(2)}` : `${amount.toFixed(2)} ${currency}`;
  throw coreError({
    code: 'PLAN_OVER_BUDGET',
    kind: 'policy',
    message:
      monthly === null
        ? `The budget of ${environment} is ${shown(budget.monthly)} a month, and nobody knows what it would cost.`
        : `${environment} would cost ${shown(monthly)} a month ${howLong(budget, plan)}; its budget is ${shown(budget.monthly)}.`,
    hint: 'Nothing was changed. Ask for less in the config, or raise the budget there.',
    details: {
      monthly,
      budget: budget.monthly,
      of: budget.of,
      currency,
      items: (cost?.items ?? []).map((item) => ({ ...item })),
    },
  });
}

function howLong({ of }: Budget, { cost }: Plan): string {
  const hours = of === 'expected' ? cost?.awake?.hours : undefined;
  return hours === undefined ? 'always on' : `with ${Math.round(hours)} hours awake`;
}
