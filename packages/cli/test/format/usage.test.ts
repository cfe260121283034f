import { formatStatus } from '../../src/format/status';
import { createStyle } from '../../src/style';
import { displayWidth } from '../../src/terminal/text-width';
import { plain, summary } from '../fakes';

const GB = 1024 ** 3;
const usage = {
  volume: { usedBytes: 3.2 * GB, totalBytes: 30 * GB },
  memory: { usedBytes: 3.5 * GB, totalBytes: 4 * GB },
  month: { month: '2026-03', spent: 3.2, atMost: 25.1 },
};
const commands = { deploy: 'sindri deploy', destroy: 'sindri destroy' };
const rows = (rest: Parameters<typeof summary>[0], style = plain): string[] =>
  formatStatus(summary(rest), style, 0, commands)
    .split('\n')
    .filter((line) => /^ {2}(Volume|Memory|This month)/.test(line));

describe('what is used', () => {
  it('is figures in a pipe', () => {
    expect(rows({ usage })).toEqual([
      '  Volume      3.2 GB of 30 GB used (11 %)',
      '  Memory      3.5 GB of 4 GB used (88 %)',
      '  This month  $3.20 so far, at most $25.10',
    ]);
  });

  it('says where the month is known in part only', () => {
    expect(rows({ usage: { ...usage, month: { ...usage.month, isAtLeast: true } } }).at(-1)).toBe(
      '  This month  at least $3.20 so far; at most $25.10',
    );
  });

  it.each([60, 80, 200])('is bars beside them on a terminal of %d columns, and fits', (columns) => {
    const shown = rows({ usage }, createStyle(false, columns));
    expect(shown).toEqual([
      '  Volume      ██░░░░░░░░░░░░░░ 3.2 GB of 30 GB used (11 %)',
      '  Memory      ██████████████░░ 3.5 GB of 4 GB used (88 %)',
      '  This month  ██░░░░░░░░░░░░░░ $3.20 so far, at most $25.10',
    ]);
    for (const line of shown) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('has no bars where there is no room for them', () => {
    expect(rows({ usage }, createStyle(false, 59)).join()).not.toContain('█');
  });

  it('has the colour of what it means', () => {
    const text = (share: number) =>
      formatStatus(
        summary({ usage: { ...usage, volume: { usedBytes: share * GB, totalBytes: GB } } }),
        createStyle(true, 80),
        0,
        commands,
      );
    expect(text(0.5)).toContain('\u001b[32m████████\u001b[39m');
    expect(text(0.8)).toContain('\u001b[35m█████████████\u001b[39m');
    expect(text(1.2)).toContain('\u001b[31m████████████████\u001b[39m');
  });

  it('is unknown where nobody knows it, and not zero', () => {
    const nothing = { volume: null, memory: null, month: null };
    expect(rows({ usage: nothing })).toEqual([
      '  Volume      unknown: the platform does not tell',
      '  Memory      unknown: the platform does not tell',
      '  This month  unknown: how long it has run is not told',
    ]);
    expect(rows({ usage, state: 'suspended' })[1]).toBe('  Memory      unknown: it does not run');
    expect(rows({ usage: { ...nothing, volume: { usedBytes: 0, totalBytes: GB } } })[0]).toBe(
      '  Volume      0 MB of 1 GB used (0 %)',
    );
  });

  it('is nothing at a provider that never tells, and says nothing of a bill that is none', () => {
    expect(rows({})).toEqual([]);
    const free = { currency: 'USD', monthlyRunning: 0, monthlyIdle: 0, items: [], pricesAsOf: null };
    expect(rows({ usage, cost: free })).toHaveLength(2);
  });
});
