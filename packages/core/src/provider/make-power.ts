import type { OperationContext } from '../model/context.js';
import type { JsonObject } from '../model/json.js';
import type { EnvironmentSpec } from '../model/spec.js';
import type { EnvironmentState } from '../model/summary.js';
import { waitingSecrets, type SecretsThere } from '../plan/kept-secrets.js';
import type { Power } from './contract.js';
import type { StandardNotes } from './standard-errors.js';

/** What a provider knows about the power of its environments. */
export interface PowerParts<Options extends object, Thing> {
  /** What can be started and stopped, as it is now; `instance` where one is named. Rejects when there is nothing. */
  find(spec: EnvironmentSpec<Options>, context: OperationContext, instance?: string): Promise<Thing>;
  stateOf(thing: Thing): EnvironmentState;
  /** Each brings the thing there and returns when it has got there; called also when it is there already. */
  start(thing: Thing, context: OperationContext): Promise<unknown>;
  stop?(thing: Thing, context: OperationContext): Promise<unknown>;
  suspend?(thing: Thing, context: OperationContext): Promise<unknown>;
  restart?(thing: Thing, context: OperationContext): Promise<unknown>;
  /** With secrets that are kept beside the thing: whoever starts or restarts it is told before that this makes none of them live. */
  secrets?: {
    notes: Pick<StandardNotes, 'secretsStaged'>;
    of(thing: Thing, context: OperationContext): Promise<SecretsThere>;
  };
}

/** The member `power`: each act is between two looks, which say the states around it. */
export function makePower<Options extends object = JsonObject, Thing = unknown>(
  parts: PowerParts<Options, Thing>,
): Power<Options> {
  const around =
    (act: (thing: Thing, context: OperationContext) => Promise<unknown>): Power<Options>['start'] =>
    async (spec, context, { instance } = {}) => {
      const thing = await parts.find(spec, context, instance);
      await act(thing, context);
      return { before: parts.stateOf(thing), after: parts.stateOf(await parts.find(spec, context, instance)) };
    };
  const tell = async (thing: Thing, context: OperationContext): Promise<void> => {
    if (parts.secrets === undefined) return;
    const waiting = waitingSecrets(await parts.secrets.of(thing, context));
    if (waiting.length > 0) context.emit({ type: 'notice', ...parts.secrets.notes.secretsStaged(waiting) });
  };
  const { restart } = parts;
  return {
    start: around(async (thing, context) => {
      await tell(thing, context);
      await parts.start(thing, context);
    }),
    ...(parts.stop && { stop: around(parts.stop.bind(parts)) }),
    ...(parts.suspend && { suspend: around(parts.suspend.bind(parts)) }),
    ...(restart && {
      restart: around(async (thing, context) => {
        await tell(thing, context);
        await restart.call(parts, thing, context);
      }),
    }),
  };
}
