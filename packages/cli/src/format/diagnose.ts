import type { Finding } from '@sindri/core';
import type { DiagnoseResult } from '../operations/diagnose.js';
import type { Style } from '../style.js';
import { oneLine } from './one-line.js';

/** Each finding with its cause, what was seen of it, and what to type. */
export function formatDiagnose({ environment, ok, findings, unknown }: DiagnoseResult, style: Style): string {
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  const verdict = !ok
    ? `${style.red('✗')} ${problems} ${problems === 1 ? 'problem' : 'problems'} in ${style.bold(environment)}.`
    : findings.length === 0
      ? `${style.green('✓')} No problem was found in ${style.bold(environment)}.`
      : `${style.green('✓')} Nothing is broken in ${style.bold(environment)}.`;
  return [
    ...findings.map((finding) => formatFinding(finding, style)),
    ...(unknown.length === 0 ? [] : [['Not known:', ...unknown.map((what) => `  ${oneLine(what)}`)].join('\n')]),
    verdict,
  ].join('\n\n');
}

function formatFinding({ severity, instance, title, cause, evidence, fix }: Finding, style: Style): string {
  const mark = severity === 'problem' ? style.red('✗') : style.magenta('!');
  return [
    `${mark} ${style.bold(title)}${instance === undefined ? '' : `, at ${oneLine(instance)}`}`,
    `  ${cause}`,
    ...evidence.map((seen) => style.dim(`  seen: ${oneLine(seen)}`)),
    ...fix.map(({ text, command }) =>
      command === null
        ? `  fix:  ${text}`
        : text === null
          ? `  fix:  ${command}`
          : `  fix:  ${text}\n        $ ${command}`,
    ),
  ].join('\n');
}
