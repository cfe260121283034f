import { capabilitiesOf } from '../../src/terminal/capabilities.js';

const terminal = { isTTY: true, columns: 100, rows: 40 };

test('a capable terminal', () => {
  expect(capabilitiesOf(terminal, { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' })).toEqual({
    isTTY: true,
    live: true,
    color: true,
    unicode: true,
    columns: 100,
    rows: 40,
  });
});

test('a pipe, and a terminal that does not know its size', () => {
  expect(capabilitiesOf({}, {})).toMatchObject({ isTTY: false, live: false, color: false, columns: 80, rows: 24 });
  expect(capabilitiesOf({ isTTY: true, columns: 0, rows: 0 }, {})).toMatchObject({ columns: 80, rows: 24 });
});

test.each([
  [{ TERM: 'dumb' }, { live: false, color: false }],
  [{ CI: 'true' }, { live: false, color: true }],
  [{ CI: 'false' }, { live: true }],
  [{ NO_COLOR: '1' }, { live: true, color: false }],
  [{ NO_COLOR: '' }, { color: true }],
  [{ FORCE_COLOR: '0' }, { color: false }],
  [
    { FORCE_COLOR: '1', TERM: 'dumb' },
    { color: true, live: false },
  ],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, { unicode: false }],
  [{ LC_ALL: '', LANG: 'de_DE.utf8' }, { unicode: true }],
  [{ TERM: 'linux', LANG: 'en_US.UTF-8' }, { unicode: false }],
])('with %j', (env, expected) => {
  expect(capabilitiesOf(terminal, env)).toMatchObject(expected);
});
