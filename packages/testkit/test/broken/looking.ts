import type { JsonObject, Observation, ObservedResource } from '@sindri/core';
import { deafSignal, type BrokenProviders } from './bend.js';

function isDeployed({ resources }: Observation): boolean {
  return resources.some(({ status }) => status === 'present');
}

const ghost: ObservedResource = { id: 'ghost', type: 'ghost', name: 'ghost', status: 'present', owned: false };

export const brokenLooking: BrokenProviders = {
  'observe: an environment that does not exist is absent, not an error': ({ observe }) => ({
    async observe(...args) {
      const seen = await observe(...args);
      return isDeployed(seen) ? seen : { ...seen, resources: [...seen.resources, { ...ghost, data: {} }] };
    },
  }),
  'observe: an observation is whole, and JSON': ({ observe }) => ({
    observe: async (...args) => ({ ...(await observe(...args)), observedAt: 'just now' }),
  }),
  'observe: what was deployed is present': ({ observe }) => ({
    async observe(...args) {
      const seen = await observe(...args);
      return isDeployed(seen) ? { ...seen, resources: [...seen.resources, ghost] } : seen;
    },
  }),
  'observe: changes nothing': ({ observe }, platform) => ({
    async observe(spec, context, request) {
      const seen = await observe(spec, context, request);
      await platform.write({ description: 'POST /seen', token: platform.token, signal: context.signal }, () => null);
      return seen;
    },
  }),
  'observe: a look for a summary leads to the same summary': ({ observe }) => ({
    async observe(spec, context, request) {
      const seen = await observe(spec, context, request);
      // What is told of a hold is a case of its own.
      const isHeld = seen.resources.some(({ data }) => (data as JsonObject | undefined)?.['held']);
      if (request?.purpose !== 'summary' || isHeld) return seen;
      return { ...seen, resources: seen.resources.filter(({ type }) => type !== 'machine') };
    },
  }),
  'observe: what cannot be read is never absent': ({ observe }) => ({
    async observe(spec, context, request) {
      try {
        return await observe(spec, context, request);
      } catch (error) {
        // Whoever is not signed in is told so.
        if (context.signal.aborted || (error as { kind?: unknown }).kind === 'auth') throw error;
        return {
          environment: spec.name,
          provider: 'reference',
          observedAt: '2026-01-01T00:00:00Z',
          resources: [
            { id: 'volume:home', type: 'volume', name: 'home', status: 'absent' },
            { id: 'machine:main', type: 'machine', name: 'main', status: 'absent' },
          ],
          facts: {},
        };
      }
    },
  }),
  'summarize: an environment that does not exist is absent': ({ summarize }) => ({
    summarize(spec, observation) {
      const summary = summarize(spec, observation);
      return summary.state === 'absent' && summary.kept === undefined ? { ...summary, state: 'stopped' } : summary;
    },
  }),
  'summarize: a deployed environment is running': ({ summarize }, platform) => ({
    summarize(spec, observation) {
      const summary = summarize(spec, observation);
      // Until something is done to it for the first time: volume, secret and machine are three writes.
      const untouched = platform.requests.filter(({ writes }) => writes).length <= 3;
      const first = untouched && spec.options['greeting'] === 'hello';
      return summary.state === 'running' && first ? { ...summary, state: 'creating' } : summary;
    },
  }),
  'summarize: is pure and whole': ({ summarize }) => ({
    summarize(...args) {
      const summary = summarize(...args);
      return { ...summary, timestamps: { ...summary.timestamps, createdAt: 'yesterday' } };
    },
  }),
  'summarize: what cannot be read is not called absent': ({ summarize }) => ({
    summarize(...args) {
      const summary = summarize(...args);
      return summary.state === 'unknown' ? { ...summary, state: 'absent' } : summary;
    },
  }),
  'cancel: a signal that is already aborted stops a look before it begins': ({ observe }) => ({
    observe: (spec, context, request) =>
      observe(spec, context.signal.aborted ? { ...context, signal: deafSignal() } : context, request),
  }),
  'cancel: an abort ends a running look': ({ observe }) => ({
    async observe(spec, context, request) {
      context.signal.throwIfAborted();
      return observe(spec, { ...context, signal: deafSignal() }, request);
    },
  }),
  'errors: without credentials a look says so': ({ observe }) => ({
    async observe(spec, context, request) {
      try {
        return await observe(spec, context, request);
      } catch (error) {
        throw context.env['REFERENCE_TOKEN'] === undefined ? new Error('401') : error;
      }
    },
  }),
};
