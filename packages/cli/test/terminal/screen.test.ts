import { createPainter } from '../../src/terminal/painter';
import { createScreen, type ScreenTarget } from '../../src/terminal/screen';

function terminal(columns: number, rows: number) {
  const writes: string[] = [];
  const resizes = new Set<() => void>();
  const exits = new Set<() => void>();
  const target: ScreenTarget = {
    columns,
    rows,
    write: (text) => writes.push(text),
    on: (_event, listener) => resizes.add(listener),
    off: (_event, listener) => resizes.delete(listener),
  };
  const screen = createScreen(target, (listener) => {
    exits.add(listener);
    return () => exits.delete(listener);
  });
  return {
    screen,
    writes,
    resize(columns: number, rows: number) {
      Object.assign(target, { columns, rows });
      for (const listener of resizes) listener();
    },
    exit: () => [...exits].forEach((listener) => listener()),
    listeners: () => resizes.size + exits.size,
  };
}

const frames = (writes: readonly string[]) => writes.filter((text) => text.includes('\u001b[?2026h'));

describe('a screen', () => {
  it('is entered once, replaces what is there in one write, and writes nothing for the same', () => {
    const { screen, writes } = terminal(80, 24);
    screen.draw(() => 'one\ntwo');
    screen.draw(() => 'one\ntwo');
    screen.draw(() => 'one\nthree');
    expect(writes[0]).toBe('\u001b[?1049h\u001b[?25l\u001b[?7l');
    expect(writes).toHaveLength(3);
    expect(writes[2]).toBe('\u001b[?2026h\u001b[Hone\u001b[K\r\nthree\u001b[K\u001b[J\u001b[?2026l');
    // Nothing is wiped first: that is what flickers.
    expect(writes.join('')).not.toContain('\u001b[2J');
  });

  it.each([60, 80, 200])('follows the size of the terminal, here to %d columns', (columns) => {
    const { screen, writes, resize } = terminal(100, 30);
    const asked: number[] = [];
    screen.draw((width) => {
      asked.push(width);
      return 'same';
    });
    resize(columns, 20);
    expect(asked).toEqual([100, columns]);
    expect(frames(writes)).toHaveLength(2);
  });

  it('wipes nothing behind a line that fills its row: its last character would go', () => {
    const { screen, writes } = terminal(10, 4);
    screen.draw(() => '1234567890\n\u001b[1m1234567890\u001b[22m\n12345678901\n123456789');
    const rows = '1234567890\r\n\u001b[1m1234567890\u001b[22m\r\n12345678901\r\n123456789\u001b[K';
    expect(writes.at(-1)).toBe(`\u001b[?2026h\u001b[H${rows}\u001b[J\u001b[?2026l`);
    screen.draw(() => '1234567890');
    expect(writes.at(-1)).toContain('1234567890\r\n\u001b[J');
    screen.draw(() => '1\n2\n3\n1234567890');
    expect(writes.at(-1)).toContain('1234567890\u001b[?2026l');
    const drawn: string[] = [];
    createPainter({ write: (text) => drawn.push(text) }).paint(['12345678901234567890'], ['1234567890', '1'], 10);
    expect(drawn.join('')).toContain('12345678901234567890\n1234567890\n1\u001b[K\n');
  });

  it('never takes more rows than there are', () => {
    const { screen, writes, resize } = terminal(80, 4);
    screen.draw(() => '1\n2\n3\n4\n5\n6');
    expect(writes.at(-1)).toContain('3\u001b[K\r\n…\u001b[K\u001b[J');
    resize(80, 6);
    expect(writes.at(-1)).toContain('6\u001b[K\u001b[J');
  });

  it('gives the terminal back, with what is to stay', () => {
    const { screen, writes, listeners } = terminal(80, 24);
    screen.leave('never entered');
    expect(writes).toEqual([]);
    screen.draw(() => 'x');
    screen.leave('the end\n');
    screen.leave('again');
    expect(writes.at(-1)).toBe('\u001b[?7h\u001b[?25h\u001b[?1049lthe end\n');
    expect(listeners()).toBe(0);
  });

  it('gives it back also when the process just ends', () => {
    const { screen, writes, exit } = terminal(80, 24);
    screen.draw(() => 'x');
    exit();
    expect(writes.at(-1)).toBe('\u001b[?7h\u001b[?25h\u001b[?1049l');
  });
});
