import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { eventually, lookIn, watch } from './inside.js';
import { open } from './session-use.js';

/** Nobody's default, neither the type nor the size. */
const ODD_TERMINAL = { columns: 101, rows: 37, type: 'vt220' };
/** Where there is no stty, a shell may know the size itself. */
const SIZE = 'stty size 2>/dev/null || echo "$LINES $COLUMNS"';

export const terminalCases: readonly PlatformCase[] = [
  {
    name: 'session: a terminal is of the type that was asked for',
    platform: true,
    needs: ['session'],
    needsModes: ['terminal'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const terminal = watch(await open(bench, { terminal: ODD_TERMINAL }));
      const type = await lookIn(bench, terminal, 'echo "$TERM"');
      terminal.session.close();
      assert.equal(type, ODD_TERMINAL.type, '$TERM');
    },
  },
  {
    name: 'session: a terminal has the size that was asked for',
    platform: true,
    needs: ['session'],
    needsModes: ['terminal'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const terminal = watch(await open(bench, { terminal: ODD_TERMINAL }));
      const size = await lookIn(bench, terminal, SIZE);
      terminal.session.close();
      assert.equal(size, '37 101', 'rows and columns, as the terminal tells them');
    },
  },
  {
    name: 'session: resize changes the size of the terminal',
    platform: true,
    needs: ['session'],
    needsModes: ['terminal'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const terminal = watch(await open(bench, { terminal: ODD_TERMINAL }));
      await lookIn(bench, terminal, 'true');
      terminal.session.resize({ columns: 132, rows: 50 });
      let size = '';
      // It takes its way to the terminal while the shell takes its own.
      const resized = await eventually(bench, async () => {
        size = await lookIn(bench, terminal, SIZE);
        return size === '50 132';
      });
      terminal.session.close();
      assert.ok(resized, `the terminal was made 50 rows by 132 columns, but it tells ${size}`);
    },
  },
];
