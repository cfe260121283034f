import { resolve } from 'node:path';
import { systemClock } from '../clock.js';
import type { Clock, OperationContext } from '../model/context.js';
import type { Emit } from '../model/events.js';
import type { Provider } from '../provider/contract.js';
import { createRedactor, type Redactor } from '../redact/redactor.js';
import { secretValues } from '../redact/secret-names.js';
import { defaultStateDir } from '../state/directory.js';
import { createEmit } from './operation.js';

/** What of the outside a provider may know where there is no config. */
export interface OutsideOptions {
  /** Environment variables, usually `process.env`. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where credentials and what is learnt are kept. Default: `defaultStateDir(env)`. */
  stateDir?: string;
  /** What people call the place, where that is not what the provider's title says: its local emulator. */
  title?: string;
  /** Hides secrets, here and wherever else the caller uses it. Default: a new one. */
  redactor?: Redactor;
  onEvent?: Emit;
  /** Ends everything that is done here. */
  signal?: AbortSignal;
  clock?: Clock;
  /** A uniformly distributed number in [0, 1). Default: `Math.random`. */
  random?: () => number;
  /** An undici `Dispatcher` for all HTTP. */
  dispatcher?: object;
}

/** A provider's view of the outside. */
export interface Outside {
  context: OperationContext;
  /** Hides what the variables and the provider's own patterns say is secret. */
  redactor: Redactor;
  signal: AbortSignal;
}

/** Calls nobody. */
export function openOutside(provider: Provider, options: OutsideOptions): Outside {
  const { env, signal = new AbortController().signal } = options;
  const redactor = options.redactor ?? createRedactor();
  for (const value of secretValues(env)) redactor.add(value);
  for (const pattern of provider.secretPatterns ?? []) redactor.addPattern(pattern);
  const context: OperationContext = {
    signal,
    emit: createEmit(redactor, [options.onEvent]),
    hide: redactor.add,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    env,
    stateDir: resolve(options.stateDir ?? defaultStateDir(env)),
    ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
  };
  return { context, redactor, signal };
}
