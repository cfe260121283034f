import type { ErrorDocument } from '@sindri/core';
import { formatError } from '../../src/format/error';
import { formatProblem } from '../../src/format/problems';
import { plain } from '../fakes';

const error = (rest: Partial<ErrorDocument>): ErrorDocument => ({
  code: 'USAGE',
  kind: 'usage',
  message: 'It went wrong.',
  retryable: false,
  details: {},
  ...rest,
});

describe('formatError', () => {
  it('says what happened, what to do, and the code', () => {
    expect(formatError(error({ hint: 'Do that.' }), plain)).toBe('Error: It went wrong.\nHint: Do that.\nCode: USAGE');
  });

  it('indents a hint of several lines', () => {
    expect(formatError(error({ hint: 'Either a\nor b' }), plain)).toContain('Hint: Either a\n      or b');
  });

  it('does not call an interrupt an error', () => {
    expect(formatError(error({ kind: 'cancelled', message: 'Interrupted.' }), plain)).toMatch(
      /^Stopped: Interrupted\./,
    );
  });

  it('tells the hint of the one problem of a config once', () => {
    const hint = 'did you mean "cpus"?';
    const problem = { severity: 'error', code: 'X', message: 'unknown key', path: 'cpu', file: 'sindri.yaml', hint };
    const text = formatError(error({ code: 'CONFIG_INVALID', hint, details: { problems: [problem] } }), plain);
    expect(text.split(hint)).toHaveLength(2);
    expect(text).not.toContain('Hint:');
  });

  it('lists every problem of a config in one line each', () => {
    const problems = [
      {
        severity: 'error',
        code: 'CONFIG_UNKNOWN_KEY',
        message: 'unknown key',
        path: 'deployment.resources.cpu',
        file: 'sindri.yaml',
        line: 8,
        column: 5,
        hint: 'did you mean "cpus"?',
      },
      {
        severity: 'error',
        code: 'X',
        message: 'is wrong',
        path: 'name',
        file: 'sindri.yaml',
        line: 2,
        column: 7,
        hint: '',
      },
    ];
    const text = formatError(error({ code: 'CONFIG_INVALID', details: { problems } }), plain);
    expect(text).toContain('sindri.yaml has 2 problems. Nothing was touched.');
    expect(text).toContain('  sindri.yaml:8:5 deployment.resources.cpu: unknown key (did you mean "cpus"?)');
    expect(text).toContain('  sindri.yaml:2:7 name: is wrong');
  });
});

describe('formatProblem', () => {
  it('does without what is not known, and marks a warning', () => {
    const problem = { severity: 'warning', code: 'X', message: 'is odd', path: '' } as const;
    expect(formatProblem(problem, plain)).toBe('warning is odd');
  });

  it('says a key once that its message begins with', () => {
    const problem = { severity: 'error', code: 'X', path: 'a.b', file: 'f', line: 1, column: 2 } as const;
    expect(formatProblem({ ...problem, message: 'a.b is not a known key.' }, plain)).toBe(
      'f:1:2 a.b is not a known key.',
    );
    expect(formatProblem({ ...problem, message: 'a.bc is something else.' }, plain)).toBe(
      'f:1:2 a.b: a.bc is something else.',
    );
  });

  it('gives a long message lines of its own', () => {
    const message = 'very '.repeat(40).trim();
    const problem = {
      severity: 'error',
      code: 'X',
      message,
      path: 'a.b',
      file: 'f',
      line: 1,
      column: 2,
      hint: 'Less.',
    } as const;
    expect(formatProblem(problem, plain)).toMatch(/^f:1:2 a\.b:\n {4}very .*very\n {4}Less\.$/);
  });
});
