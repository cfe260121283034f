import { exitCodeOf } from '../../packages/cli/src/exit-codes.js';
import type { ErrorKind } from '@sindri/core';
import { scanCodes, type CodeUse } from './raised-codes.js';
import { read, section, tableRows } from './sources.js';

const document = read('docs/errors.md');
const headings: Record<CodeUse, string> = {
  error: 'Errors',
  problem: 'Config problems',
  note: 'Plan notes',
  notice: 'Notices',
};
const uses = Object.keys(headings) as CodeUse[];

/** Names of variables and settings that look like codes and are none. */
const notCodes = new Set([
  'DOCKER_CONFIG',
  'DOCKER_HOST',
  'FLY_ACCESS_TOKEN',
  'FLY_ALLOC_ID',
  'FLY_API_BASE_URL',
  'FLY_API_TOKEN',
  'FLY_EDGE_CA_FILE',
  'FLY_EDGE_LOW_PORTS_AT',
  'FLY_FLAPS_BASE_URL',
  'FLY_IMAGE_REF',
  'FLY_MACHINE_ID',
  'FLY_MACHINE_VERSION',
  'FLY_PRIVATE_IP',
  'FLY_PROCESS_GROUP',
  'FLY_PUBLIC_IP',
  'FLY_REGION',
  'FLY_VM_MEMORY_MB',
  'REFERENCE_TOKEN',
  'SSH_PORT',
]);

interface Documented {
  code: string;
  grades: string[];
}

function documented(use: CodeUse): Documented[] {
  return tableRows(section(document, headings[use])).map(([code = '', grades = '']) => ({
    code: code.replaceAll('`', ''),
    grades: grades.split(',').map((grade) => grade.replace(/ \d+$/, '').trim()),
  }));
}

const scan = scanCodes();
const raisedCodes = (use: CodeUse) => [
  ...new Set(scan.raised.filter((one) => one.use === use).map(({ code }) => code)),
];

describe('docs/errors.md', () => {
  it.each(uses)('has every code that is raised as: %s', (use) => {
    const known = new Set(documented(use).map(({ code }) => code));
    const missing = scan.raised.filter((one) => one.use === use && !known.has(one.code));
    expect(missing.map(({ code, where }) => `${code} (${where})`)).toEqual([]);
  });

  it.each(uses)('has no code that is not raised any more as: %s', (use) => {
    const alive = new Set(raisedCodes(use));
    expect(
      documented(use)
        .map(({ code }) => code)
        .filter((code) => !alive.has(code)),
    ).toEqual([]);
  });

  it.each(uses)('has each code once, with the kinds that the sources say, as: %s', (use) => {
    const rows = documented(use);
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    const wrong = rows.flatMap(({ code, grades }) => {
      const raised = scan.raised.filter((one) => one.use === use && one.code === code).map(({ grade }) => grade);
      // A kind that is computed can only be described.
      if (raised.includes(null)) return [];
      const expected = [...new Set(raised)].sort().join(', ');
      const told = [...grades].sort().join(', ');
      return told === expected ? [] : [`${code}: ${told}, but the sources say ${expected}`];
    });
    expect(wrong).toEqual([]);
  });

  it('knows everything in the sources that looks like one of our codes', () => {
    const known = new Set(uses.flatMap((use) => documented(use).map(({ code }) => code)));
    const areas = new Set([...known].filter((code) => code.includes('_')).map((code) => code.split('_')[0]));
    const unknown = scan.mentioned.filter(
      ({ code }) => areas.has(code.split('_')[0]) && !known.has(code) && !notCodes.has(code),
    );
    expect(unknown.map(({ code, where }) => `${code} (${where})`)).toEqual([]);
  });

  it('tells with each kind the exit status that the command line makes of it', () => {
    const wrong = tableRows(section(document, headings.error)).flatMap(([code = '', kinds = '']) => {
      const told = [...kinds.matchAll(/([a-z]+) (\d+)/g)].map(
        ([, kind, exit]) => [kind as ErrorKind, Number(exit)] as const,
      );
      return told.filter(([kind, exit]) => exitCodeOf(kind) !== exit).map(([kind, exit]) => `${code}: ${kind} ${exit}`);
    });
    expect(wrong).toEqual([]);
  });

  it('maps kinds to exit statuses as the command line does', () => {
    const [preface = ''] = document.split('\n## ');
    const rows = tableRows(preface).map(([kind = '', exit]) => [kind.replaceAll('`', ''), Number(exit)]);
    const kinds: ErrorKind[] = [
      'usage',
      'refused',
      'auth',
      'incomplete',
      'policy',
      'cancelled',
      'transport',
      'internal',
    ];
    expect(rows).toEqual(kinds.map((kind) => [kind, exitCodeOf(kind)]));
  });
});
