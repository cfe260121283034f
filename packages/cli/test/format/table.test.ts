import { formatEvents } from '../../src/format/events';
import { formatList, formatUnobserved } from '../../src/format/list';
import { formatTable, type Column } from '../../src/format/table';
import type { ListResult } from '../../src/operations/list';
import { createStyle } from '../../src/style';
import { foldText } from '../../src/terminal/fold';
import { displayWidth } from '../../src/terminal/text-width';
import { plain } from '../fakes';

type Row = Record<'name' | 'size' | 'note', string>;
const columns: Column<Row>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'SIZE', text: ({ size }) => size, dispensable: 1 },
  { title: 'NOTE', text: ({ note }) => note, dispensable: 2 },
];
const row = (name: string, size = '1 GB', note = ''): Row => ({ name, size, note });
const at = (measure: number) => ({ ...plain, measure });

describe('a table', () => {
  it('aligns, also wide characters, and leaves out a column without a word in it', () => {
    expect(formatTable([row('a'), row('名前', '20 GB')], columns, at(80))).toBe('NAME  SIZE\na     1 GB\n名前  20 GB');
  });

  it('drops what can be spared when there is no room, and stacks the cells when even the rest has none', () => {
    const rows = [row('a-name-of-some-length', '1 GB', 'a note of some length')];
    expect(formatTable(rows, columns, at(60)).split('\n')[0]).toBe('NAME                   SIZE  NOTE');
    expect(formatTable(rows, columns, at(40)).split('\n')[0]).toBe('NAME                   SIZE');
    expect(formatTable(rows, columns, at(22)).split('\n')[0]).toBe('NAME');
    const stacked = formatTable([row('a-name-of-some-length'), row('b')], columns, at(20), ({ name }) => [
      `  ! ${name}`,
    ]);
    expect(stacked).toBe('a-name-of-some-length\n  1 GB\n  ! a-name-of-some-length\nb\n  1 GB\n  ! b');
  });
});

it('lets the text of a last column that may be broken go on below itself', () => {
  const breakable: Column<Row>[] = [
    { title: 'SIZE', text: ({ size }) => size },
    { title: 'NOTE', text: ({ note }) => note, narrowest: 20 },
  ];
  const rows = [row('a', '30 GB', 'the root file system of a machine'), row('b', '1 GB', 'a volume')];
  const lines = ['SIZE   NOTE', '30 GB  the root file system of', '       a machine', '1 GB   a volume'];
  expect(formatTable(rows, breakable, at(30)).split('\n')).toEqual(lines);
  expect(formatTable(rows, breakable, at(26)).split('\n')[0]).toBe('30 GB');
});

const listed = (name: string, rest: object = {}): ListResult['environments'][number] => ({
  provider: 'fly',
  name,
  platformName: name,
  state: 'running',
  region: 'sjc',
  resources: { memoryMb: 4096, cpus: 2, volumeGb: 30 },
  monthlyCost: { currency: 'USD', running: 20.47, idle: 5.7 },
  owner: 'an-organization-of-some-length',
  createdAt: null,
  orphans: [],
  ...rest,
});
const result = (...environments: ListResult['environments']): ListResult => ({
  schema: 'sindri.list/1',
  complete: true,
  environments,
  unobserved: [],
  unable: [],
  asked: ['fly'],
});

describe('the list of environments', () => {
  const many = result(
    listed('data-science-with-a-long-name', {
      orphans: ['volume home_data (vol_4y5g0000, 30 GB) without a machine, which costs'],
    }),
    listed('b', { state: 'incomplete', region: null, monthlyCost: null, provider: 'docker' }),
  );

  it.each([60, 80, 200])('fits %p columns, and breaks no word', (width) => {
    const style = createStyle(false, width);
    const incomplete: ListResult = {
      ...many,
      complete: false,
      unobserved: [
        {
          provider: 'fly',
          message: 'The addresses of app c could not be read, for a reason of some length.',
          error: null,
        },
      ],
    };
    for (const text of [formatList(many, style), formatUnobserved(incomplete, style)]) {
      for (const line of foldText(text, width).split('\n'))
        expect([width, line, displayWidth(line) <= width]).toEqual([width, line, true]);
    }
    const words = foldText(formatList(many, style), width).split(/\s+/);
    for (const word of ['data-science-with-a-long-name', 'incomplete', '(vol_4y5g0000,']) expect(words).toContain(word);
  });

  it('has no sum where a price is unknown or something was not seen', () => {
    expect(formatList(many, plain)).toMatch(/\n\n2 environments\.$/);
    expect(formatList(result(listed('a'), listed('c')), plain)).toMatch(
      /\n\n2 environments, \$40\.94 a month at most\.$/,
    );
    expect(formatList({ ...result(listed('a')), complete: false }, plain)).toMatch(/\n\n1 environment was seen\.$/);
  });

  it('without any, says why and what to do', () => {
    expect(formatList({ ...result(), complete: false }, plain)).toBe('No environment was seen.');
    expect(formatList({ ...result(), asked: [], unable: ['paper'] }, plain)).toBe(
      'Cannot list environments: paper.\nLook at one with its sindri.yaml: sindri status -c FILE',
    );
  });
});

describe('events', () => {
  it('wrap under their message, and name the instance where there are several', () => {
    const event = {
      at: '2026-03-01T12:00:00.000Z',
      kind: 'other' as const,
      cause: null,
      message: 'a message of so many words that it needs a second line',
      instance: 'web-1',
    };
    const answer = { schema: 'sindri.events/1' as const, environment: 'demo', provider: 'fly', events: [event] };
    expect(foldText(formatEvents(answer, plain), 60)).toBe(
      '2026-03-01 12:00:00 UTC  web-1: a message of so many words\n                         that it needs a second line',
    );
  });
});
