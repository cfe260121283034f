import type { ConfigProblem } from '@sindri/core';
import type { Style } from '../style.js';

/** `sindri.yaml:7:5 deployment.resources.memmory: unknown key (did you mean "memory"?)` */
export function formatProblem(problem: ConfigProblem, style: Style): string {
  const severity = problem.severity === 'warning' ? style.yellow('warning ') : '';
  // Most messages name their key themselves.
  const path = problem.path === '' || problem.message.includes(problem.path) ? '' : `${style.bold(problem.path)}: `;
  const where = position(problem);
  return `${where === '' ? '' : `${style.cyan(where)} `}${severity}${path}${problem.message}${hintOf(problem)}`;
}

function position({ file, line, column }: ConfigProblem): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** Behind the message while that can be taken in at a glance, else below it. */
function hintOf({ message, hint }: ConfigProblem): string {
  if (hint === undefined || message.includes(hint)) return '';
  return message.length + hint.length <= 120 ? ` (${hint})` : `\n    ${hint}`;
}
