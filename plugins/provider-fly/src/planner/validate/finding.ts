import type { ConfigProblem, EnvironmentSpec } from '@sindri/core';
import { originPath } from '../desired/origins.js';

/** A problem before its place in the file is looked up. */
export type Finding = Omit<ConfigProblem, 'file' | 'line' | 'column' | 'path'> & {
  /** Candidates for the path, the first one that the file has wins: a key may stand in two places. */
  paths: string[];
};

/** The problem with its place in the file. */
export function place({ paths, ...finding }: Finding, spec: Pick<EnvironmentSpec<object>, 'origins'>): ConfigProblem {
  const path = paths.map((candidate) => originPath(spec, candidate)).find((found) => found !== undefined);
  const position = path === undefined ? undefined : spec.origins[path];
  const { severity, blocks, code, message, hint } = finding;
  return {
    severity,
    ...(blocks === undefined ? {} : { blocks }),
    code,
    message,
    path: path ?? paths[0] ?? '',
    ...(position === undefined ? {} : position),
    ...(hint === undefined ? {} : { hint }),
  };
}
