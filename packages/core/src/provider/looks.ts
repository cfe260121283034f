import type { OperationContext } from '../model/context.js';
import type { Observation, ObservedResource } from '../model/observation.js';
import type { EnvironmentSpec } from '../model/spec.js';

type Settled<Looks> = { [Name in keyof Looks]: PromiseSettledResult<Awaited<Looks[Name]>> };

/**
 * Waits for every question of one look, each under its name; `null` stands for one that was not asked. What could not be answered is
 * something unobserved, as `makeResource` makes it. Rejects when the caller has ended it, and when not even one question was answered:
 * then there is nothing to observe.
 */
export async function settleLooks<Looks extends Readonly<Record<string, Promise<unknown> | null>>>(
  looks: Looks,
  { signal }: Pick<OperationContext, 'signal'>,
): Promise<Settled<Looks>> {
  const names = Object.keys(looks);
  const answers = await Promise.allSettled(Object.values(looks));
  signal.throwIfAborted();
  const asked = answers.filter((_answer, index) => looks[names[index] as string] !== null);
  const [first] = asked;
  if (first?.status === 'rejected' && asked.every(({ status }) => status === 'rejected')) throw first.reason;
  return Object.fromEntries(names.map((name, index) => [name, answers[index]])) as Settled<Looks>;
}

/** An observation of now. */
export function makeObservation<Data extends object, Facts extends object>(
  { name: environment }: Pick<EnvironmentSpec, 'name'>,
  provider: string,
  { clock }: Pick<OperationContext, 'clock'>,
  resources: ObservedResource<Data>[],
  facts: Facts,
): Observation<Data, Facts> {
  return { environment, provider, observedAt: new Date(clock.now()).toISOString(), resources, facts };
}
