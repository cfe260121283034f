import { SindriError, type ErrorCode, type SindriErrorOptions } from './errors.js';

/** Makes an error in one line: code, kind, what happened, what to do. */
export type ErrorMaker<Registry> = <Code extends keyof Registry & ErrorCode>(
  code: Code,
  kind: Registry[Code],
  message: string,
  hint?: string,
  more?: Pick<SindriErrorOptions, 'details' | 'cause' | 'retryable'>,
) => SindriError;

/** A maker of errors whose codes and kinds are those of `Registry`, an interface from code to kind: no other ones compile. */
export function errorMaker<Registry>(): ErrorMaker<Registry> {
  return (code, kind, message, hint, more = {}) =>
    new SindriError({
      code: code as ErrorCode,
      kind: kind as SindriErrorOptions['kind'],
      message,
      ...(hint === undefined ? {} : { hint }),
      ...more,
    });
}
