import { isSindriError, type SindriError } from '../model/errors.js';
import { toSindriError } from '../model/to-sindri-error.js';
import type { EnvironmentListing, ListedEnvironment } from '../model/listing.js';
import { callProvider } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { requireListing } from '../provider/listing-shape.js';
import { createProviderRegistry, type ProviderRegistry } from '../provider/registry.js';
import { redactError } from '../redact/redacted.js';
import { createRedactor, type Redactor } from '../redact/redactor.js';
import { secretValues } from '../redact/secret-names.js';
import { abortable } from '../abortable.js';
import type { Place } from './open-environment.js';
import { explainEnd, runPhase } from './operation.js';
import { openOutside, type OutsideOptions } from './outside.js';

/** Whom to ask, and what they may know of the outside. No config is needed. */
export interface ListEnvironmentsOptions extends OutsideOptions {
  /** Those who are asked: a registry, or simply provider objects. */
  providers: ProviderRegistry | Iterable<Provider>;
  /** Only these providers. Default: all of them. Throws `PROVIDER_NOT_FOUND` for a name that is none of theirs. */
  only?: readonly string[];
  /** Another `env` and `stateDir` for a provider, such as those of its local emulator. Called once for each that is asked. */
  place?: (provider: string) => Promise<Place>;
}

/** Every environment of a person, as far as it could be seen. */
export interface EnvironmentOverview {
  /** Sorted by name, then by provider. */
  environments: FoundEnvironment[];
  /** What could not be seen. Not empty = there may be more environments. */
  unobserved: UnobservedListing[];
  /** The providers that cannot tell, because they have no capability `environments`. */
  unable: string[];
  /** The providers that answered, also those with nothing to tell. */
  asked: string[];
}

/** An environment, and where it was found. */
export interface FoundEnvironment extends ListedEnvironment {
  provider: string;
}

/** Why nothing at all could be seen at a provider. */
export interface ListingFailure {
  code: string;
  kind: string;
  hint?: string;
  retryable: boolean;
  /** This person has never said how to get there (`details.notSetUp` of the error), so nothing of theirs is missing. */
  notSetUp?: true;
}

/** Something that could not be seen at one provider. */
export interface UnobservedListing {
  provider: string;
  /** One sentence. */
  message: string;
  /** Of the error, where nothing at all could be seen at this provider; `null` where a part is missing. */
  error: ListingFailure | null;
}

/**
 * Asks every provider at once which environments there are. One that fails hides nothing of the others: its failure is told in
 * `unobserved`. Changes nothing. Rejects with `PROVIDER_NOT_FOUND`, and with `OPERATION_CANCELLED` when the signal is aborted.
 */
export async function listEnvironments(options: ListEnvironmentsOptions): Promise<EnvironmentOverview> {
  const { signal = new AbortController().signal, only } = options;
  const redactor = options.redactor ?? createRedactor();
  for (const value of secretValues(options.env)) redactor.add(value);
  try {
    signal.throwIfAborted();
    const registry =
      Symbol.iterator in options.providers ? createProviderRegistry(options.providers) : options.providers;
    const installed = [...new Set(registry.list().map(({ name }) => name))];
    const unknown = only?.find((name) => !installed.includes(name));
    if (unknown !== undefined) await registry.get(unknown);
    const names = installed.filter((name) => only === undefined || only.includes(name));
    const asking = Promise.all(names.map((name) => ask(name, registry, options, redactor, signal)));
    return overview(await abortable(asking, signal));
  } catch (error) {
    throw redactError(redactor, explainEnd(error, signal));
  }
}

type Answer =
  | { provider: string; is: 'listing'; listing: EnvironmentListing }
  | { provider: string; is: 'unable' }
  | { provider: string; is: 'failure'; error: SindriError };

async function ask(
  name: string,
  registry: ProviderRegistry,
  options: ListEnvironmentsOptions,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const provider = await registry.get(name);
    if (provider.environments === undefined) return { provider: name, is: 'unable' };
    const place = (await options.place?.(name)) ?? options;
    const { context } = openOutside(provider, { ...options, ...place, redactor, signal });
    const found = await runPhase(context, `list.${name}`, `Ask ${place.title ?? provider.title}`, () =>
      callProvider(provider, 'environments', () => provider.environments?.(context) as Promise<EnvironmentListing>),
    );
    return { provider: name, is: 'listing', listing: redactor.value(requireListing(provider, found)) };
  } catch (thrown) {
    // The caller's own end is no failure of this provider.
    if (signal.aborted) throw thrown;
    const error = isSindriError(thrown) ? thrown : toSindriError(thrown);
    return { provider: name, is: 'failure', error: redactError(redactor, error) };
  }
}

function overview(answers: readonly Answer[]): EnvironmentOverview {
  const listings = answers.flatMap((answer) => (answer.is === 'listing' ? [answer] : []));
  const environments = listings.flatMap(({ provider, listing }) =>
    listing.environments.map((one) => ({ ...one, provider })),
  );
  const unobserved = answers.flatMap((answer): UnobservedListing[] => {
    if (answer.is === 'unable') return [];
    const { provider } = answer;
    if (answer.is === 'listing')
      return answer.listing.unobserved.map((message) => ({ provider, message, error: null }));
    const { code, kind, message, hint, retryable, details } = answer.error;
    const notSetUp = details['notSetUp'] === true ? ({ notSetUp: true } as const) : {};
    const error = { code, kind, ...(hint === undefined ? {} : { hint }), retryable, ...notSetUp };
    return [{ provider, message, error }];
  });
  return {
    environments: environments.sort((a, b) => compare(a.name, b.name) || compare(a.provider, b.provider)),
    unobserved,
    unable: answers.flatMap(({ is, provider }) => (is === 'unable' ? [provider] : [])).sort(),
    asked: listings.map(({ provider }) => provider).sort(),
  };
}

/** By code unit: the same order on every computer. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
