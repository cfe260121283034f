import { moneyText } from '../words.js';
import { dedicatedIpv4Price } from './price-book.js';

/** What a dedicated IPv4 costs, for people: a sum and `a month`. */
export const dedicatedIpv4Text = monthlyText(dedicatedIpv4Price);

/** A sum that is due every month, for people. */
export function monthlyText(usd: number): string {
  return `${moneyText(usd)} a month`;
}
