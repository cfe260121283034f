import { creationRecords } from '../creation-record.js';
import { markSecret, resourceIds } from '../model.js';
import { hasMark } from '../planner/index.js';
import { whenAppIsKnown } from './create-once.js';
import { applied, resultsOf } from './results.js';
import { observed, type Apply, type ApplyWork } from './work.js';

/** The secret that marks an app as that of an environment, and its value. */
export function markOf(environment: string): Record<string, string> {
  return { [markSecret]: environment };
}

/** Marks an app that others made: the first thing that is done to it. */
export const applyAppAdopt: Apply<'app.adopt'> = async (work, { name }) => {
  await setMark(work);
  return applied('app.adopt', { name });
};

/**
 * Sees to it that the app carries the mark, before the machine goes that has shown so far whose it is: a run that ends right after
 * that would leave a volume of nobody's.
 */
export async function keepMark(work: ApplyWork): Promise<void> {
  const seen = observed(work, 'secrets', resourceIds.secrets)?.items ?? [];
  const marked = hasMark(seen) || resultsOf(work, 'secrets.set').some(({ mark }) => mark);
  if (!marked) await setMark(work);
}

async function setMark(work: ApplyWork): Promise<void> {
  const { api, names } = work;
  await whenAppIsKnown(work, () => api.secrets.set(names.app, markOf(names.app)));
  await forgetCreation(work);
}

/** The app says by itself now whose it is, or is gone: what this computer knew of its beginning is no proof any more. */
export async function forgetCreation({ context, names }: ApplyWork): Promise<void> {
  await creationRecords(context).delete(names.app);
}
