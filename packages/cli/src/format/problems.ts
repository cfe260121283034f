import type { ConfigProblem } from '@sindri/core';
import type { Style } from '../style.js';
import { oneLine } from './one-line.js';

/** What can be taken in on one line, in characters. */
const glance = 140;

/**
 * `sindri.yaml:7:5 deployment.resources.memmory: unknown key (did you mean "memory"?)`; a long message gets lines of its own
 * below the place.
 */
export function formatProblem(problem: ConfigProblem, style: Style): string {
  const where = position(problem);
  // Many messages begin with the key that they are about: it is not said twice.
  const opens = problem.path !== '' && problem.message.startsWith(`${problem.path} `);
  const label = [
    ...(where === '' ? [] : [style.bold(where)]),
    ...(problem.severity === 'warning' ? [style.magenta('warning')] : []),
    ...(problem.path === '' || opens ? [] : [`${style.bold(problem.path)}:`]),
  ].join(' ');
  const { hint = '' } = problem;
  const message = opens ? `${style.bold(problem.path)}${problem.message.slice(problem.path.length)}` : problem.message;
  const more = hint === '' || message.includes(hint) ? '' : hint;
  if (message.length + more.length <= glance) {
    return [label, message, ...(more === '' ? [] : [`(${more})`])].filter((part) => part !== '').join(' ');
  }
  return [label, oneLine(message), ...(more === '' ? [] : [oneLine(more)])]
    .filter((part) => part !== '')
    .join('\n    ');
}

function position({ file, line, column }: ConfigProblem): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
