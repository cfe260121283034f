import type { ConfigProblem, EnvironmentSummary, ErrorDocument } from '@sindri/core';
import type { Style } from '../style.js';
import { cutText } from '../terminal/outside-text.js';
import { formatProblem } from './problems.js';
import { stateText } from './status.js';

/** What happened, what to do about it, the code to look up, and what is there after a change that failed. */
export function formatError(error: ErrorDocument, style: Style): string {
  const label = error.kind === 'cancelled' ? style.magenta('Stopped:') : style.red('Error:');
  const problems = problemsOf(error);
  const body =
    problems.length === 0
      ? [`${label} ${cutText(error.message)}`]
      : [
          `${label} ${problemCount(problems)}`,
          '',
          ...problems.map((problem) => indent(formatProblem(problem, style), '  ')),
          '',
        ];
  // The one problem has told it beside itself.
  const isTold = problems.some(({ hint }) => hint === error.hint);
  return [
    ...body,
    ...(error.hint === undefined || isTold
      ? []
      : [`${style.bold('Hint:')} ${indent(cutText(error.hint), '      ').trimStart()}`]),
    `Code: ${error.code}`,
    ...summaryLines(error, style),
  ].join('\n');
}

function problemCount(problems: ConfigProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const count = errors === 0 ? problems.length : errors;
  const files = [...new Set(problems.flatMap(({ file }) => (file === undefined ? [] : [file])))];
  const where = files.length === 1 ? (files[0] as string) : 'The configuration';
  return `${where} has ${count === 1 ? 'a problem' : `${count} problems`}. Nothing was touched.`;
}

/** A `CONFIG_INVALID` error carries the problems themselves; its message would only repeat them. */
function problemsOf(error: ErrorDocument): ConfigProblem[] {
  const { problems } = error.details;
  if (error.code !== 'CONFIG_INVALID' || !Array.isArray(problems)) return [];
  return problems as unknown as ConfigProblem[];
}

/** The last line says what is there; the message of a deploy that cannot be used says so itself. */
function summaryLines({ code, details }: ErrorDocument, style: Style): string[] {
  const summary = details['summary'] as unknown as EnvironmentSummary | undefined;
  if (code === 'DEPLOY_INCOMPLETE' || summary?.state === undefined) return [];
  return [`${style.bold('Now:')} ${style.bold(summary.environment)} is ${stateText(summary, style)}`];
}

function indent(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');
}
