import type { CoreErrors } from './__generated__/core-errors.js';
import type { JsonObject } from './json.js';

/**
 * What an error means for the caller, independent of who raised it. The command line maps each kind to one exit code.
 *
 * - `usage`: the request or the config is wrong; nothing was touched.
 * - `refused`: the provider or its platform said no.
 * - `auth`: sign-in is needed, or the credentials were refused.
 * - `incomplete`: timed out, locked by somebody else, or the outcome is unknown; running again continues.
 * - `policy`: a verification or a policy refused.
 * - `cancelled`: the caller's signal was aborted.
 * - `transport`: a connection to the environment broke.
 * - `internal`: a bug in Sindri or in a provider.
 */
export type ErrorKind = 'usage' | 'refused' | 'auth' | 'incomplete' | 'policy' | 'cancelled' | 'transport' | 'internal';

/** Codes that core and the command line raise themselves. Providers add their own, prefixed with their area (`FLY_…`). */
export type CoreErrorCode = keyof CoreErrors;

/** Any error code: one of core's, or an `AREA_WORDS` code of a provider or a package. */
export type ErrorCode = CoreErrorCode | `${Uppercase<string>}_${Uppercase<string>}`;

/** What a {@link SindriError} is made of. */
export interface SindriErrorOptions {
  code: ErrorCode;
  kind: ErrorKind;
  /** What happened, to what. One sentence, no secrets. */
  message: string;
  /** What to do about it. */
  hint?: string;
  /** Whether the same request may succeed later without any change. Default `false`. */
  retryable?: boolean;
  /** Facts for a program: ids, states, problems. JSON, no secrets. */
  details?: JsonObject;
  cause?: unknown;
}

/**
 * What may be raised by the codes of `Registry`, an interface from code to the kinds that it may have: our packages make their
 * errors through a function of this parameter, so that neither a code nor a kind can be one that the registry does not have.
 */
export type RegisteredError<Registry> = {
  [Code in keyof Registry & ErrorCode]: SindriErrorOptions & { code: Code; kind: Registry[Code] };
}[keyof Registry & ErrorCode];

const BRAND = Symbol.for('sindri.error/1');

/**
 * The one error type of Sindri. People and programs match on {@link SindriError.code}; messages may change in any release.
 *
 * Recognise it with {@link isSindriError}, not `instanceof`: an installed plugin brings its own copy of this class.
 */
export class SindriError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly hint?: string;
  readonly retryable: boolean;
  readonly details: JsonObject;

  constructor(options: SindriErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SindriError';
    this.code = options.code;
    this.kind = options.kind;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The shape that `--json` and events carry: everything but the stack and the cause. */
  toJSON(): ErrorDocument {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      retryable: this.retryable,
      details: this.details,
    };
  }
}

/** An error as JSON. */
export interface ErrorDocument {
  code: ErrorCode;
  kind: ErrorKind;
  message: string;
  hint?: string;
  retryable: boolean;
  details: JsonObject;
}

/** Whether `value` is a {@link SindriError}, also one made by another installed copy of this package. */
export function isSindriError(value: unknown): value is SindriError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
