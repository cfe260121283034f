import path from 'node:path';
import type { ConfigProblem, ErrorDocument } from '@sindri/core';
import type { Env } from '../shell.js';
import { plainText } from '../terminal/outside-text.js';

/** Where a failure happened, and what of it may be shown. */
export interface AnnotationPlace {
  env: Env;
  cwd: string;
  /** Hides secrets. */
  clean(text: string): string;
}

/** One workflow command for each problem: `::error file=sindri.yaml,line=7,col=5,title=…::message`. */
export function problemAnnotations(problems: readonly ConfigProblem[], place: AnnotationPlace): string[] {
  return problems.map(({ severity, code, message, hint, path: key, file, line, column }) => {
    const said = [
      key === '' ? message : `${key}: ${message}`,
      ...(hint === undefined || message.includes(hint) ? [] : [hint]),
    ];
    return command(severity, { file: fileIn(file, place), line, col: column, title: code }, said.join('\n'), place);
  });
}

/** The problems of a config that is not valid; of any other failure its message. */
export function failureAnnotations(error: ErrorDocument, place: AnnotationPlace): string[] {
  const { problems } = error.details;
  if (error.code === 'CONFIG_INVALID' && Array.isArray(problems) && problems.length > 0) {
    return problemAnnotations(problems as unknown as ConfigProblem[], place);
  }
  const said = [error.message, ...(error.hint === undefined ? [] : [error.hint])].join('\n');
  return [command('error', { title: error.code }, said, place)];
}

type Properties = Record<string, string | number | undefined>;

function command(
  name: 'error' | 'warning',
  properties: Properties,
  message: string,
  { clean }: AnnotationPlace,
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${property(plainText(clean(String(value))))}`],
  );
  const lines = clean(message)
    .split(/\r\n|[\r\n]/)
    .map(plainText);
  return `::${name} ${given.join(',')}::${data(lines.join('\n'))}`;
}

/** As the runner takes it apart: only these mean something in the message. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** And these in a property. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** From the root of the repository, for the runner looks there; as it is when it lies elsewhere. */
function fileIn(file: string | undefined, { env, cwd }: AnnotationPlace): string | undefined {
  const workspace = env['GITHUB_WORKSPACE'];
  if (file === undefined || workspace === undefined || workspace === '') return file;
  const inside = path.relative(workspace, path.resolve(cwd, file));
  return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? file : inside.split(path.sep).join('/');
}
