// `npm run bench`: what a deploy costs in requests, time and memory, side by side with the targets we set ourselves.
import { makeProduct } from '../scripts/product/make.mjs';
import { build, install, requireNode } from '../scripts/setup.mjs';
import { measureCommands } from './commands.mjs';
import { measureConfigs } from './configs.mjs';
import { measureEmulatorState } from './emulator-state.mjs';
import { measureEnvironments } from './environments.mjs';
import { measureImages } from './images.mjs';
import { measureInstall } from './install.mjs';
import { measurePrivateNetwork } from './private-network.mjs';
import { measureRequests } from './requests.mjs';
import { measureWire } from './wire.mjs';
import { measureTunnel } from './tunnel.mjs';

requireNode();
install();
build();
await makeProduct();

const rows = [
  ...(await measureRequests()),
  ...(await measureWire()),
  ...(await measureConfigs()),
  ...(await measureEnvironments()),
  ...(await measureImages()),
  ...(await measureCommands()),
  ...measureInstall(),
  ...(await measureEmulatorState()),
  ...(await measureTunnel()),
  ...(await measurePrivateNetwork()),
];
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2));
else print(rows);

/** Rows are `{ what, measured, target, ok }`; `ok` is null where there is no target. */
function print(table) {
  const cells = [
    ['', 'what', 'measured', 'target'],
    ...table.map((row) => [row.ok === null ? ' ' : row.ok ? '✓' : '✗', row.what, row.measured, row.target ?? '–']),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  console.log(
    `\nNode ${process.versions.node}, ${process.platform} ${process.arch}. Medians; wall times are this machine's.`,
  );
}
