import type { CostLine, CostRate, CostReport } from '../model/cost.js';
import { misbehaved } from './call.js';
import type { Provider } from './contract.js';

/** Refuses a bill that nobody could add up or print. Throws `PROVIDER_BROKEN`. */
export function requireCostReport(provider: Provider, value: CostReport): CostReport {
  const fault = faultOf(value);
  if (fault !== null) throw misbehaved(provider, 'cost', `"${fault}" has not the shape of the contract.`);
  return value;
}

function faultOf(value: CostReport): string | null {
  const { currency, monthlyRunning, monthlyIdle, pricesAsOf, of, items, soFar, rates }: Partial<CostReport> =
    Object(value);
  if (typeof currency !== 'string' || currency === '') return 'currency';
  if (!isAmount(monthlyRunning)) return 'monthlyRunning';
  if (monthlyIdle !== null && !isAmount(monthlyIdle)) return 'monthlyIdle';
  if (pricesAsOf !== null && typeof pricesAsOf !== 'string') return 'pricesAsOf';
  if (of !== 'deployed' && of !== 'config') return 'of';
  if (!Array.isArray(items) || !items.every(isLine)) return 'items';
  if (soFar !== null && !isSoFar(Object(soFar))) return 'soFar';
  return Array.isArray(rates) && rates.every(isRate) ? null : 'rates';
}

function isSoFar({ month, spent, isAtLeast = false }: Partial<NonNullable<CostReport['soFar']>>): boolean {
  return typeof month === 'string' && isAmount(spent) && typeof isAtLeast === 'boolean';
}

function isLine(value: CostLine): boolean {
  const { title, monthly, monthlyIdle, explanation, soFar }: Partial<CostLine> = Object(value);
  return (
    typeof title === 'string' &&
    isAmount(monthly) &&
    [monthlyIdle, soFar].every((amount) => amount === undefined || isAmount(amount)) &&
    (explanation === undefined || typeof explanation === 'string')
  );
}

function isRate(value: CostRate): boolean {
  const { title, price, unit, note }: Partial<CostRate> = Object(value);
  return [title, unit, note ?? ''].every((text) => typeof text === 'string') && isAmount(price);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
