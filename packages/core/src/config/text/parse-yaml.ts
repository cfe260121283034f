import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import type { ConfigProblem } from '../../model/problem.js';
import { problemAt } from '../problems-at.js';
import type { MapNode, Position } from '../tree.js';
import { buildTree } from './yaml-tree.js';

/** One mistake early in a file can make the parser complain about every later line. */
const MAXIMUM_SYNTAX_PROBLEMS = 10;

export interface ParsedConfig {
  /** `null` when the text is too broken to go on with. */
  root: MapNode | null;
  problems: ConfigProblem[];
}

/** Reads YAML 1.2 with anchors, aliases and merge keys. Reports everything that is wrong with it; never throws. */
export function parseYaml(text: string): ParsedConfig {
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const withoutByteOrderMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const document = parseDocument(withoutByteOrderMark, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    // Duplicates are found while the tree is built: with both positions, and without giving up on the rest.
    uniqueKeys: false,
    keepSourceTokens: false,
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    return { root: null, problems: document.errors.slice(0, MAXIMUM_SYNTAX_PROBLEMS).map(describeSyntaxError) };
  }
  return buildTree(document, withoutByteOrderMark, positionOf);

  function describeSyntaxError(error: YAMLParseError): ConfigProblem {
    const known = EXPLANATIONS[error.code];
    return problemAt('error', '', positionOf(error.pos[0]), {
      code: 'CONFIG_SYNTAX',
      message: known?.message ?? `This is not valid YAML: ${firstSentence(error.message)}`,
      hint: known?.hint,
    });
  }
}

const EXPLANATIONS: Partial<Record<YAMLParseError['code'], { message: string; hint?: string }>> = {
  MULTIPLE_DOCS: {
    message: 'A second YAML document begins here; a config is exactly one.',
    hint: 'Remove the `---`, or keep the second document in a file of its own.',
  },
  TAB_AS_INDENT: { message: 'This line is indented with a tab.', hint: 'Indent with spaces.' },
  BAD_INDENT: {
    message: 'The indentation of this line fits none of the lines above.',
    hint: 'Keys of one block begin in the same column; a value in `[ ]` or `{ }` needs its closing bracket.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'There are two keys on one line.',
    hint: 'Put a value that contains `: ` in quotes, or begin a new line after the first colon.',
  },
  BAD_SCALAR_START: {
    message: 'A value without quotes cannot begin with this character.',
    hint: 'Put the value in quotes.',
  },
  RESOURCE_EXHAUSTION: { message: 'This is nested too deeply.' },
};

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? message;
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
