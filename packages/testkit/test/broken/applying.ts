import { SindriError, type ApplyContext, type JsonObject } from '@sindri/core';
import type { Thing } from '../../src/reference/platform.js';
import { deafSignal, of, type BrokenProviders } from './bend.js';

function refuse(message: string): SindriError {
  return new SindriError({ code: 'REFERENCE_REFUSED', kind: 'refused', message });
}

function exists(things: readonly Thing[], { name, type }: { name: string; type: string }): boolean {
  return things.some((thing) => thing.name === name && thing.type === type && thing.mark !== null);
}

export const brokenApplying: BrokenProviders = {
  'apply: repeating a change is safe': ({ apply }, platform) => ({
    async apply(change, context) {
      const { resource, action, payload } = change;
      const ours = platform.things.filter(({ environment }) => environment === context.spec.name);
      if (action !== 'create' || !exists(ours, resource)) return apply(change, context);
      const call = { description: 'POST again', token: platform.token, signal: context.signal };
      await platform.write(call, (things) => {
        const twin = things.find(({ name, type }) => name === resource.name && type === resource.type) as Thing;
        things.push({ ...twin, id: `${twin.id}-again`, settings: payload['settings'] as JsonObject });
      });
      return { status: 'applied', result: {} };
    },
  }),
  'apply: an interrupted run is continued by the next one': ({ apply }) => {
    let locked = false;
    return {
      async apply(change, context) {
        if (locked) throw refuse('somebody left a lock behind');
        try {
          return await apply(change, context);
        } finally {
          // What a build leaves is a case of its own.
          locked = context.signal.aborted && change.action !== 'prepare';
        }
      },
    };
  },
  'apply: independent changes may run at the same time': ({ apply }) => {
    let active = 0;
    return {
      async apply(change, context) {
        if (active > 0) throw refuse('one change at a time, please');
        active++;
        try {
          return await apply(change, context);
        } finally {
          active--;
        }
      },
    };
  },
  'apply: says how each change ended and what is now there': ({ apply }) => ({
    async apply(change, context) {
      const applied = await apply(change, context);
      const { status, reason } = applied;
      // What a build has led to is a case of its own.
      return change.action === 'prepare' ? applied : ({ status, reason } as typeof applied);
    },
  }),
  'apply: leaves the telling of starts and ends to core': ({ apply }) => ({
    async apply(change, context) {
      const result = await apply(change, context);
      context.emit({ type: 'change.applied', change: change.id, elapsedMs: 0 });
      return result;
    },
  }),
  'destroy: leaves nothing, and then there is nothing to destroy': ({ apply, cost }, platform) => {
    // What a restore has left is a case of its own, and so is the bill.
    let isBilled = false;
    return {
      async cost(spec, context) {
        isBilled = true;
        return of(cost)(spec, context);
      },
      async apply(change, context) {
        const restored = platform.things.some(({ type }) => type === 'snapshot');
        const forgotten = change.action === 'delete' && change.resource.type === 'volume' && !restored && !isBilled;
        return forgotten ? { status: 'applied', result: {} } : apply(change, context);
      },
    };
  },
  'destroy: is safe to repeat': ({ apply }, platform) => ({
    async apply(change, context) {
      const isGone = change.resource.type !== 'snapshot' && !exists(platform.things, change.resource);
      if (change.action === 'delete' && isGone) throw refuse('404');
      return apply(change, context);
    },
  }),
  'destroy: needs no secrets': ({ apply }) => ({
    async apply(change, context) {
      if (change.action === 'delete') context.secrets.reveal(canaryName(context));
      return apply(change, context);
    },
  }),
  'cancel: a signal that is already aborted stops a change before it begins': ({ apply }) => ({
    apply: (change, context) => apply(change, context.signal.aborted ? { ...context, signal: deafSignal() } : context),
  }),
  'errors: a refusal is a SindriError': ({ apply }) => ({
    async apply(change, context) {
      if (change.id === 'conformance:unknown') throw new Error('what is this?');
      return apply(change, context);
    },
  }),
  'errors: no secret value appears in anything that is said': ({ apply }) => ({
    async apply(change, context) {
      const { status, result } = await apply(change, context);
      const isThere = context.secrets.entries.some(({ name }) => name === canaryName(context));
      const [firstLine = ''] = isThere ? context.secrets.reveal(canaryName(context)).split('\n') : [];
      return { status, result: { ...result, hint: `deployed with ${firstLine}` }, reason: 'as planned' };
    },
  }),
};

function canaryName({ spec }: ApplyContext): string {
  return spec.secrets[0]?.name ?? '';
}
