import type { OperationContext } from '../model/context.js';
import type { JsonObject } from '../model/json.js';
import type { EnvironmentSpec } from '../model/spec.js';
import type { EnvironmentState } from '../model/summary.js';
import type { Power } from './contract.js';

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
  return {
    start: around((thing, context) => parts.start(thing, context)),
    ...(parts.stop && { stop: around(parts.stop.bind(parts)) }),
    ...(parts.suspend && { suspend: around(parts.suspend.bind(parts)) }),
    ...(parts.restart && { restart: around(parts.restart.bind(parts)) }),
  };
}
