import type { CaseReport, ConformanceReport } from '@sindri/testkit';
import type { Style } from '../style.js';
import { duration } from './time.js';

/** `✓ plan: what could not be observed is never created`, with the reason below when it failed or was skipped. */
export function formatCase({ name, status, reason, error, notes }: CaseReport, style: Style): string {
  const mark = { passed: style.green('✓'), failed: style.red('✗'), skipped: style.dim('-') }[status];
  const skipped = reason === undefined ? '' : style.dim(`  skipped: ${reason}`);
  const below = [...(error === undefined ? [] : error.split('\n')), ...notes.map((note) => `note: ${note}`)];
  return [`${mark} ${name}${skipped}`, ...below.map((line) => `    ${line}`)].join('\n');
}

/** The verdict; the cases stand above it. */
export function formatConformance(report: ConformanceReport, style: Style): string {
  const { provider, capabilities, status, passed, failed, skipped, elapsedMs } = report;
  const judged = skipped === 0 ? '' : ', as far as it was judged';
  const verdict =
    status === 'passed'
      ? `${style.green('keeps the promises')} of the contract${judged}`
      : `${style.red('breaks a promise')} of the contract`;
  return [
    '',
    `${style.bold(provider.title)} (${provider.name}, contract version ${provider.apiVersion}) ${verdict}.`,
    `${passed} passed, ${failed} failed, ${skipped} skipped in ${duration(elapsedMs)}.`,
    `Declared: ${capabilities.join(', ') || 'nothing beyond the required'}.`,
  ].join('\n');
}
