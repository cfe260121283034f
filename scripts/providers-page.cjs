// What docs/providers.md says of each provider, made from `sindri provider verify --json`. Shared by the script that writes the page and
// by the tests that compare it.
const BEGIN = '<!-- begin: npm run generate:providers -->';
const END = '<!-- end -->';

/** The column of one provider: what it declares, and how the kit has judged it. */
function columnOf({ provider, capabilities, power, sessionModes, cases, status, platform }) {
  const tried = status === 'passed' && platform !== 'none';
  const details = { power, session: sessionModes };
  const cell = (capability) => {
    if (!capabilities.includes(capability)) return '–';
    return ['yes', ...(details[capability]?.length > 0 ? [`(${details[capability].join(', ')})`] : [])].join(' ');
  };
  const passed = cases.filter((item) => item.status === 'passed').length;
  const where = platform === 'local' ? 'on its local emulator' : 'on its platform';
  const kit = tried ? `${passed} cases passed ${where}` : 'declared, not tried here';
  return { name: provider.name, title: provider.title, cell, kit };
}

/** The table of all of them, in the order that they have. */
function tableOf(capabilities, columns) {
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  return [
    row('capability', ...columns.map(({ title, name }) => `${title} (\`${name}\`)`)),
    row(...['', ...columns].map(() => '---')),
    ...capabilities.map((capability) =>
      row(`[\`${capability}\`](provider-guide/${capability}.md)`, ...columns.map(({ cell }) => cell(capability))),
    ),
    row('conformance kit', ...columns.map(({ kit }) => kit)),
  ].join('\n');
}

/** The page with another table between the marks. */
function withTable(page, table) {
  const [before, rest] = page.split(BEGIN);
  const [, after] = (rest ?? '').split(END);
  if (after === undefined) throw new Error(`docs/providers.md has lost its marks: ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

/** The cells of one provider as the page has them, by capability; `null` when the page does not know it. */
function cellsIn(page, name) {
  const rows = page
    .slice(page.indexOf(BEGIN), page.indexOf(END))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const column = (rows[0] ?? []).findIndex((cell) => cell.endsWith(`(\`${name}\`)`));
  if (column < 0) return null;
  const entries = rows.slice(2).map((cells) => [/^\[`(\w+)`\]/.exec(cells[0])?.[1] ?? cells[0], cells[column]]);
  return Object.fromEntries(entries);
}

module.exports = { columnOf, tableOf, withTable, cellsIn };
