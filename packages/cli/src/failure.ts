import type { SindriError } from '@sindri/core';
import { exitCodes, kindOfExit } from './exit-codes.js';
import { core } from './lazy.js';
import { coreError } from './error.js';

/** What the command framework throws, as far as it is read here. */
interface FrameworkError extends Error {
  oclif?: { exit?: number };
  code?: string;
  suggestions?: unknown;
  flags?: unknown;
  args?: unknown;
  parse?: { input?: { flags?: Record<string, unknown> } };
}

/** Anything thrown as a {@link SindriError}; a command line that cannot be understood becomes kind `usage`. */
export function toFailure(error: unknown, help: string): SindriError {
  const { isSindriError, toSindriError } = core();
  if (isSindriError(error)) {
    const { inTypedWords } = require('./operations/unsupported.js') as typeof import('./operations/unsupported.js');
    return inTypedWords(error);
  }
  if (!isFrameworkError(error)) return toSindriError(error);
  const kind = kindOfExit(error.oclif?.exit ?? exitCodes.unexpected);
  return coreError({
    ...(kind === 'usage' ? ({ code: 'USAGE', kind } as const) : ({ code: 'COMMAND_FAILED', kind } as const)),
    message: plainMessage(error),
    hint: names(error.suggestions).join('\n') || (kind === 'usage' ? hintFor(error, help) : undefined),
    cause: error,
  });
}

/** The exit status when `error` is the framework's way to leave without a message. */
export function silentExit(error: unknown): number | null {
  const { code, oclif } = (error ?? {}) as FrameworkError;
  return code === 'EEXIT' ? (oclif?.exit ?? 0) : null;
}

function isFrameworkError(error: unknown): error is FrameworkError {
  return error instanceof Error && 'oclif' in error;
}

function plainMessage(error: FrameworkError): string {
  const text = stripStyle(error.message)
    .replace(/\nSee more help with --help$/, '')
    .replace(/^Parsing (--\S+)\s+/, '$1: ');
  const flags = names(error.flags);
  if (flags.length > 0) return `There is no option ${flags.join(', ')}.`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function hintFor(error: FrameworkError, help: string): string {
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
  const meant = names(error.flags).flatMap((flag) => core().nearest(flag, known) ?? []);
  return meant.length > 0 ? `Did you mean ${meant.join(', ')}? All options: ${help}` : `See: ${help}`;
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function stripStyle(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}
