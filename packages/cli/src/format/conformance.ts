import type { CaseReport } from '@sindri/testkit';
import type { VerifyResult } from '../operations/verify-result.js';
import type { Style } from '../style.js';
import { duration } from './time.js';

/** More cases than this that share a reason are counted, not named. */
const LISTED = 12;

/** `✓ 21/68 plan: what could not be observed is never created`, with the reason below when it failed. For cases that ran. */
export function formatCase(
  { name, status, error, elapsedMs }: CaseReport,
  { number, total }: { number: number; total: number },
  style: Style,
): string {
  const mark = status === 'failed' ? style.red('✗') : style.green('✓');
  const place = style.dim(`${String(number).padStart(String(total).length)}/${total}`);
  // Only what one could notice while waiting.
  const took = elapsedMs < 1000 ? '' : style.dim(`  ${duration(elapsedMs)}`);
  return [`${mark} ${place} ${name}${took}`, ...below(error)].join('\n');
}

/** The whole report: what was declared, how each group of cases ended, and why a case failed or was skipped. */
export function formatConformance(report: VerifyResult, style: Style): string {
  const { provider, status, passed, failed, skipped, elapsedMs, next } = report;
  const checked = skipped === 0 ? '' : ', as far as it was checked';
  const verdicts = {
    passed: `${style.green('conforms')} to the contract${checked}`,
    failed: `${style.red('violates')} the contract`,
    aborted: 'was not checked to the end: the run was ended before',
  };
  const verdict = verdicts[status];
  const bad = report.cases.filter((one) => one.status === 'failed');
  return [
    `${style.bold(provider.title)} (${provider.name}, contract version ${provider.apiVersion}) ${verdict}.`,
    `Tried on ${place(report)}. Declared: ${declared(report)}.`,
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped in ${duration(elapsedMs)}.`,
    ...section('Passed', passedGroups(report.cases)),
    ...section(
      'Failed',
      bad.flatMap(({ name, error }) => [`${style.red('✗')} ${name}`, ...below(error)]),
    ),
    ...section(
      'Skipped',
      gathered(report.cases, ({ reason }) => (reason === undefined ? [] : [reason])),
    ),
    ...section(
      'Looked at less closely',
      gathered(report.cases, ({ notes }) => notes),
    ),
    ...(next === null ? [] : ['', `${style.cyan('Next:')} ${next}`]),
  ].join('\n');
}

function place({ platform, provider }: VerifyResult): string {
  if (platform === 'local') return `the local emulator of ${provider.title}`;
  return platform === 'subject' ? 'the platform that its package brings for this' : 'no platform';
}

function declared({ capabilities, power, sessionModes }: VerifyResult): string {
  const parts: Record<string, readonly string[]> = { power, session: sessionModes };
  const named = capabilities.map((name) => `${name}${parts[name] === undefined ? '' : ` (${parts[name].join(', ')})`}`);
  return named.join(', ') || 'nothing beyond the required';
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** `identity 2, options 4, check 2` */
function passedGroups(cases: readonly CaseReport[]): string[] {
  const groups = new Map<string, number>();
  for (const { name, status } of cases) {
    const group = name.split(':')[0] as string;
    if (status === 'passed') groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  return groups.size === 0 ? [] : [[...groups].map(([group, count]) => `${group} ${count}`).join(', ')];
}

/** Each text once, with the cases it is about. */
function gathered(cases: readonly CaseReport[], textsOf: (one: CaseReport) => readonly string[]): string[] {
  const texts = new Map<string, string[]>();
  for (const one of cases) for (const text of textsOf(one)) texts.set(text, [...(texts.get(text) ?? []), one.name]);
  return [...texts].flatMap(([text, names]) =>
    names.length > LISTED ? [`${text}: ${names.length} cases`] : [text, ...names.map((name) => `  - ${name}`)],
  );
}

function below(text: string | undefined): string[] {
  return text === undefined ? [] : text.split('\n').map((line) => `    ${line}`);
}
