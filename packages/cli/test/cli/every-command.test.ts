import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openPseudoTerminal } from '../../../../test/pseudo-terminal';
import { displayWidth } from '../../src/terminal/text-width';
import { VirtualScreen } from '../terminal/fixtures/virtual-screen';
import { judge, schemaFiles } from './answer-schema';
import { createWorkplace, type Workplace } from './workplace';

// Some hundred command lines, in one process.
jest.setTimeout(240_000);

// In this order: the first time, more is new and said.
const widths = [200, 80, 60];
const local = '--local';

/**
 * The life of an environment on the local emulator, with a row for every command: what it answers, or how it refuses. What ends with
 * Ctrl-C only is asked for what it cannot do.
 */
const life: string[][] = [
  ['version'],
  ['help', 'nosuch'],
  ['up'],
  ['config', 'init'],
  ['config', 'validate'],
  ['config', 'validate', '-c', 'wrong.yaml'],
  ['config', 'show'],
  ['config', 'schema', '--install'],
  ['provider', 'list'],
  ['provider', 'new', 'Not A Name'],
  ['provider', 'verify', 'nosuch'],
  ['auth', 'status', local],
  ['auth', 'login', local, '--nosuch'],
  ['auth', 'logout', local],
  ['import', 'nosuch.toml'],
  ['import', local, 'nosuch', '-c', 'imported.yaml'],
  ['doctor', local],
  ['status', local],
  ['plan', local],
  ['deploy', local, '--yes'],
  ['deploy', local, '--yes', '--nosuch'],
  ['status', local],
  ['status', local, '-c', 'nowhere.yaml'],
  ['doctor', local, '--connect'],
  ['hold', local, '1s'],
  ['diagnose', local],
  ['hold', 'soon'],
  ['list', local],
  ['events', local],
  ['cost', local, '--hours', '60'],
  ['regions', local],
  ['logs', local],
  ['keys', 'list', local],
  ['keys', 'add', local, 'nosuch.pub'],
  ['keys', 'remove', local, 'nosuch'],
  ['scale', 'memory', local, '1GB', '--dry-run'],
  ['scale', 'memory', local, '3GB'],
  ['scale', 'cpus', local, '3'],
  ['secrets', 'list', local],
  ['secrets', 'set', local, 'A=b'],
  ['secrets', 'unset', local, 'A'],
  ['secrets', 'import', local],
  ['secrets', 'deploy', local],
  ['secrets', 'protect', local],
  ['volume', 'list', local],
  ['volume', 'extend', local, '1GB'],
  ['volume', 'snapshot', local, '--yes'],
  ['volume', 'snapshots', local],
  ['volume', 'restore', local, 'nosuch'],
  ['volume', 'delete-snapshot', local, 'nosuch'],
  ['volume', 'delete', local, 'nosuch'],
  ['image', 'resolve', local],
  ['image', 'outdated', local],
  ['image', 'verify', local],
  ['image', 'list', 'NOT A NAME'],
  ['image', 'inspect', '127.0.0.1:9/nosuch'],
  ['exec', local, '--', 'true'],
  ['exec', 'uname', '-a'],
  ['connect', local, '--method', 'nosuch'],
  ['cp', local, 'nosuch.txt', ':'],
  ['forward', local],
  ['tunnel', local, 'nosuch'],
  ['tunnel', 'peers', 'list', local],
  ['tunnel', 'peers', 'prune', local, 'nosuch'],
  ['code', local, '--print-url'],
  ['stop', local],
  ['start', local],
  ['restart', local],
  ['destroy', local],
  ['destroy', local, '--yes'],
  ['emulator', 'start'],
  ['emulator', 'status'],
  ['emulator', 'faults'],
  ['emulator', 'faults', 'add', 'nosuch'],
  ['emulator', 'logs', 'nosuch'],
  ['plugins'],
  ['plugins', 'inspect', 'nosuch'],
  ['plugins', 'install', 'NOT A NAME'],
  ['plugins', 'link', './nosuch'],
  ['plugins', 'reset'],
  ['plugins', 'uninstall', 'nosuch'],
  ['plugins', 'update'],
  ['completion', 'nosuch'],
];
/** A command line of every command that answers with a document: one that does what it is there for. The last ends the emulator. */
const documents: string[][] = [
  ['version'],
  ['help'],
  ['config', 'init', '-c', 'second.yaml'],
  ['config', 'validate'],
  ['config', 'schema', '--install'],
  ['provider', 'list'],
  ['provider', 'new', 'example', '--javascript'],
  ['provider', 'verify', 'docker'],
  ['auth', 'status', local],
  ['auth', 'logout', local],
  ['doctor', local],
  ['plan', local],
  ['deploy', local],
  ['status', local],
  ['config', 'render', local],
  ['import', local, 'every-command', '-c', 'imported.yaml'],
  ['hold', local, '1s', '--', 'true'],
  ['diagnose', local],
  ['list', local],
  ['events', local],
  ['cost', local],
  ['regions', local],
  ['logs', local],
  ['keys', 'list', local],
  ['keys', 'add', local, 'key.pub'],
  ['keys', 'remove', local, 'nobody'],
  ['scale', 'memory', local, '1GB', '--dry-run'],
  ['scale', 'cpus', local, '4', '--dry-run'],
  ['secrets', 'list', local],
  ['secrets', 'set', local, 'A=b', '--stage'],
  ['secrets', 'unset', local, 'A', '--stage'],
  ['secrets', 'deploy', local, '--dry-run'],
  ['secrets', 'protect', local, '--dry-run'],
  ['volume', 'list', local],
  ['volume', 'extend', local, '40GB', '--dry-run'],
  ['volume', 'snapshot', local, '--dry-run'],
  ['volume', 'snapshots', local],
  ['image', 'resolve', local],
  ['image', 'outdated', local],
  ['exec', local, '--', 'true'],
  ['connect', local, '--', 'true'],
  ['tunnel', 'peers', 'list', local],
  ['tunnel', 'peers', 'prune', local],
  ['cp', local, 'sindri.yaml', ':'],
  ['ssh-config', local, '--yes'],
  ['code', local, '--print-url'],
  ['stop', local],
  ['start', local],
  ['restart', local],
  ['destroy', local, '--yes'],
  ['emulator', 'start'],
  ['emulator', 'status'],
  ['emulator', 'env'],
  ['emulator', 'faults'],
  ['emulator', 'logs'],
  ['plugins'],
  ['plugins', 'inspect', '@sindri/cli'],
  ['plugins', 'reset'],
  ['completion', 'bash'],
  ['emulator', 'stop'],
];
/** These have no document of their own, or none here: why. */
const withoutDocument: Record<string, string> = {
  'config show': 'a config, see the schema of configs',
  'config schema': 'a schema',
  forward: 'never ends',
  tunnel: 'never ends',
  'auth login': 'somebody has to approve it; judged where that is tested',
  'secrets import': 'reads standard input; answers as secrets set',
  'image list': 'a registry is asked; judged where one is',
  'image inspect': 'a registry is asked; judged where one is',
  'image verify': 'a registry is asked; judged where one is',
  'volume restore': 'wants a snapshot; answers as volume extend',
  'volume delete': 'wants a volume that is left; answers as volume extend',
  'volume delete-snapshot': 'wants a snapshot; answers as volume extend',
  ...Object.fromEntries(
    ['install', 'link', 'uninstall', 'update'].map((verb) => [`plugins ${verb}`, 'as plugins reset']),
  ),
};
/** Their answer is a file, or lines for a shell: it is written as it is. */
const files = ['config render', 'config schema', 'emulator env', 'emulator stop', 'ssh-config'];
const otherNames: Record<string, string> = {
  'plugins add': 'plugins install',
  'plugins unlink': 'plugins uninstall',
  'plugins remove': 'plugins uninstall',
};

/** A public key that belongs to nobody. */
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH nobody\n';

const config = `version: "3.0"
name: every-command
deployment:
  provider: fly
  resources: { memory: 4GB, cpus: 2 }
  volumes: { workspace: { size: 30GB } }
providers:
  fly: { region: sjc }
`;

describe('every command at a terminal', () => {
  let workplace: Workplace;
  /** Of each width and row: the lines that a person sees. */
  const shown = new Map<string, string[]>();
  /** What the command lines of `documents` have answered. */
  const answers: { schema?: string; error?: unknown }[] = [];
  let commands: string[] = [];
  let help: string[][] = [];

  beforeAll(async () => {
    workplace = createWorkplace();
    workplace.link([]);
    writeFileSync(path.join(workplace.dir, 'sindri.yaml'), config);
    writeFileSync(
      path.join(workplace.dir, 'wrong.yaml'),
      config.replace('memory', 'memmory').replace('sjc', 'nowhere'),
    );
    help = [
      [],
      ...[...life.map((row) => commandOf(row)), ...files.map((words) => words.split(' '))].map((row) => [
        ...row,
        '--help',
      ]),
    ];
    help = [...new Map(help.map((row) => [row.join(' '), row])).values()].filter((row) => row[0] !== 'up');
    const rows = path.join(workplace.dir, 'rows.json');
    writeFileSync(path.join(workplace.dir, 'key.pub'), KEY);
    writeFileSync(rows, JSON.stringify({ help, life, documents }));
    const printed = await printedBy(rows);
    for (const part of printed.split('\u0001').slice(1)) {
      const [head = '', ...rest] = part.split('\n');
      const [what, value = ''] = head.trim().split(/ (.*)/);
      if (what === 'commands') commands = JSON.parse(value) as string[];
      if (what === 'width') width = Number(value);
      if (what === 'document') answers.push(documentIn(rest));
      if (what === 'row') {
        const screen = new VirtualScreen(width);
        screen.write(rest.join('\n'));
        shown.set(`${width} ${value}`, screen.lines);
      }
    }
  });
  afterAll(() => workplace.remove());

  let width = 0;

  async function printedBy(rows: string): Promise<string> {
    let resized = 0;
    const pty = openPseudoTerminal(
      process.execPath,
      [path.join(__dirname, 'fixtures/every-command.cjs'), rows, JSON.stringify(widths)],
      {
        cols: 100,
        rows: 400,
        cwd: workplace.dir,
        env: { ...workplace.env, TERM: 'xterm-256color', SINDRI_NO_INPUT: '1' },
      },
      (printed, terminal) => {
        const asked = [...printed.matchAll(/\u0001width (\d+)/g)];
        if (asked.length > resized) terminal.resize(Number(asked[resized++]?.[1]), 400);
      },
    );
    await pty.exited;
    return pty.printed();
  }

  it('has a row here', () => {
    const known = new Set([...life.map((row) => row.join(' ')), ...files]);
    const missing = commands.filter(
      (id) => ![...known].some((row) => `${row} `.startsWith(`${otherNames[id] ?? id} `)) && id !== 'help',
    );
    expect(commands.length).toBeGreaterThan(45);
    expect(missing).toEqual([]);
  });

  it('has a document that says what it is, as its schema says', () => {
    const known = [...documents.map((row) => commandOf(row).join(' ')), ...Object.keys(withoutDocument)];
    expect(commands.filter((id) => !known.includes(otherNames[id] ?? id))).toEqual([]);
    const wrong = documents.map((row, index) => {
      const { schema, ...answer } = answers[index] ?? {};
      const file = schemaFiles.get(schema ?? '');
      const problems =
        file === undefined ? [schema ?? answer.error ?? Object.keys(answer)] : judge(file, answers[index]);
      return { row: row.join(' '), problems };
    });
    expect(wrong.filter(({ problems }) => problems.length > 0)).toEqual([]);
  });

  it.each(widths)('fits %d columns', (columns) => {
    const wide = rowsAt(columns).flatMap(({ row, lines }) =>
      lines
        .filter((line) => displayWidth(line) > columns && !isOneWord(line))
        .map((line) => ({ row: row.join(' '), line })),
    );
    expect(wide).toEqual([]);
    expect(rowsAt(columns).filter(({ lines, row }) => lines.length === 0 && !row.includes('true'))).toEqual([]);
  });

  it('has no open end in a usage', () => {
    const open = rowsAt(200).filter(({ lines }) => lines.some((line) => /^\s*\$ sindri .*\| ?\]/.test(line)));
    expect(open.map(({ row }) => row)).toEqual([]);
  });

  it('cuts no word', () => {
    const cut = rowsAt(60).flatMap(({ row, lines }, index) => {
      const whole = new Set([80, 200].flatMap((columns) => wordsOf(rowsAt(columns)[index]?.lines ?? [])));
      return wordsOf(lines)
        .filter((word) => !whole.has(word))
        .map((word) => ({ row: row.join(' '), word }));
    });
    expect(cut).toEqual([]);
  });

  it('leads back to the local emulator where that was meant', () => {
    const hints = life.flatMap((row, index) =>
      row.includes(local)
        ? (shown.get(`200 ${help.length + index}`) ?? []).map((line) => ({ row: row.join(' '), line }))
        : [],
    );
    const elsewhere =
      /sindri (completion|emulator|help|plugins|version|provider (list|new)|config (init|schema))|--help/;
    const lost = hints.filter(
      ({ line }) => /(^|[\s`(])sindri [a-z]/.test(line) && !elsewhere.test(line) && !line.includes(local),
    );
    expect(hints.filter(({ line }) => line.includes(local)).length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  });

  function rowsAt(columns: number) {
    return [...help, ...life].map((row, index) => ({ row, lines: shown.get(`${columns} ${index}`) ?? [] }));
  }
});

/** The words of a command, without what is asked of it. */
function commandOf(row: readonly string[]): string[] {
  if (row[0] === 'tunnel' && row[1] === 'peers') return row.slice(0, 3);
  const topic = /^(auth|config|emulator|image|keys|plugins|provider|scale|secrets|volume)$/.test(row[0] ?? '');
  return row.slice(0, topic && row[1] !== 'nosuch' ? 2 : 1);
}

/** The document among what a command has written to a terminal. */
function documentIn(lines: readonly string[]): { schema?: string; error?: unknown } {
  const text = new VirtualScreen(400);
  text.write(lines.join('\n'));
  const shown = text.lines;
  try {
    return JSON.parse(shown.slice(shown.indexOf('{'), shown.lastIndexOf('}') + 1).join('\n')) as object;
  } catch {
    return { error: shown };
  }
}

/** What cannot be broken: a single word, or a command to paste. */
function isOneWord(line: string): boolean {
  const text = line.trim();
  return !text.includes(' ') || /^(\$ )?(sindri|ssh-keygen|printf|node) /.test(text);
}

/** Whatever differs from run to run has a digit in it; a live line may be cut on purpose. */
function wordsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(/\s+/)).filter((word) => word !== '' && !/[\d…]|^m?s\W*$/.test(word));
}
