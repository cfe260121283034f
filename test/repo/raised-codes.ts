import ts from 'typescript';
import {
  STANDARD_ERRORS,
  STANDARD_NOTES,
  STANDARD_PROBLEMS,
} from '../../packages/core/src/provider/standard-errors.js';
import { packages, parse, sourceFiles, visit } from './sources.js';

/** Where a code is raised, judged by what stands beside it. */
export type CodeUse = 'error' | 'problem' | 'note' | 'notice';

export interface RaisedCode {
  use: CodeUse;
  code: string;
  /** The error kind, the severity or the level, where the source says it outright. */
  grade: string | null;
  where: string;
}

export interface CodeScan {
  raised: RaisedCode[];
  /** Every literal that looks like a code, also where it is only compared with. */
  mentioned: { code: string; where: string }[];
}

const LOOKS_LIKE_CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
/** The two that are one word. */
const SINGLE_WORDS = new Set(['USAGE', 'UNEXPECTED']);
const KINDS = new Set(['usage', 'refused', 'auth', 'incomplete', 'policy', 'cancelled', 'transport', 'internal']);
/** The files whose objects `{ code, message, hint }` are about a place in the config. */
const ABOUT_CONFIG = /^packages\/core\/src\/config\//;

/** All codes in the sources. The emulator knows none of ours: it imports nothing of ours. */
export function scanCodes(): CodeScan {
  const scan: CodeScan = { raised: [], mentioned: [] };
  for (const folder of packages.filter((name) => name !== 'packages/fly-emulator')) {
    for (const file of sourceFiles(`${folder}/src`)) {
      const source = parse(file);
      visit(source, (node) => {
        if (!ts.isStringLiteralLike(node)) return;
        scan.raised.push(...standardCodes(node, file));
        const code = node.text;
        const isSingle = SINGLE_WORDS.has(code);
        if (!LOOKS_LIKE_CODE.test(code) && !isSingle) return;
        // A type says what may be, not that it happens.
        if (ts.isLiteralTypeNode(node.parent)) return;
        const where = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
        const raised = judge(node, file);
        if (raised !== null) scan.raised.push({ code, where, ...raised });
        // Its words are codes only with the area of a provider in front.
        if (!isSingle && file !== STANDARD_FILE) scan.mentioned.push({ code, where });
      });
    }
  }
  return scan;
}

const STANDARD_FILE = 'packages/core/src/provider/standard-errors.ts';

/** What a provider raises by these functions of core: the same words, with its area in front. */
const STANDARD = {
  standardErrors: { use: 'error', words: STANDARD_ERRORS },
  standardNotes: { use: 'note', words: STANDARD_NOTES },
  standardProblems: { use: 'problem', words: STANDARD_PROBLEMS },
} as const;

/** `standardErrors('DOCKER')` may raise every one of them. */
function standardCodes(area: ts.StringLiteralLike, file: string): RaisedCode[] {
  const { parent } = area;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== area) return [];
  const { use, words } = STANDARD[parent.expression.getText() as keyof typeof STANDARD] ?? {};
  return use === undefined
    ? []
    : Object.entries(words).map(([word, grade]) => ({ use, code: `${area.text}_${word}`, grade, where: file }));
}

/** `null` for a literal that is no value of a `code`. */
function judge(literal: ts.StringLiteralLike, file: string): Pick<RaisedCode, 'use' | 'grade'> | null {
  const value = outOfConditions(literal);
  const { parent } = value;
  if (ts.isPropertyAssignment(parent) && parent.initializer === value && parent.name.getText() === 'code') {
    return judgeObject(parent.parent, file);
  }
  // `refusal('FLY_X', 'refused', …)` and `info('FLY_X', …)`.
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== value) return null;
  const second = parent.arguments[1];
  if (second !== undefined && ts.isStringLiteralLike(second) && KINDS.has(second.text)) {
    return { use: 'error', grade: second.text };
  }
  return parent.expression.getText() === 'info' ? { use: 'note', grade: 'info' } : null;
}

function judgeObject(object: ts.ObjectLiteralExpression, file: string): Pick<RaisedCode, 'use' | 'grade'> | null {
  const members = new Map(object.properties.map((member) => [member.name?.getText() ?? '', member]));
  const text = (name: string): string | null => {
    const member = members.get(name);
    if (member === undefined || !ts.isPropertyAssignment(member)) return null;
    return ts.isStringLiteralLike(member.initializer) ? member.initializer.text : null;
  };
  if (members.has('kind')) return { use: 'error', grade: text('kind') };
  if (members.has('severity')) return { use: 'problem', grade: text('severity') };
  if (members.has('level')) return { use: text('type') === 'notice' ? 'notice' : 'note', grade: text('level') };
  return ABOUT_CONFIG.test(file) && members.has('message') && !members.has('source')
    ? { use: 'problem', grade: severityByCall(object) }
    : null;
}

/** `warningAt(node, { … })` says the severity in its name. */
function severityByCall({ parent }: ts.ObjectLiteralExpression): string | null {
  const name = ts.isCallExpression(parent) ? parent.expression.getText() : '';
  return /^warningAt/.test(name) ? 'warning' : /^errorAt/.test(name) ? 'error' : null;
}

/** `code: isX ? 'A' : 'B'`: both are values of `code`. */
function outOfConditions(literal: ts.Expression): ts.Expression {
  const { parent } = literal;
  return ts.isConditionalExpression(parent) && parent.condition !== literal ? outOfConditions(parent) : literal;
}
