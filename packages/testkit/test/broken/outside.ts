import type { BrokenProviders } from './bend.js';

let made = 0;

export const brokenOutside: BrokenProviders = {
  'identity: members and declared capabilities agree with the contract': ({ capabilities }) => ({
    capabilities: [...capabilities, 'secrets' as 'logs'],
  }),
  'identity: every provider that the factory makes is the same': () => ({ title: `Reference number ${++made}` }),
  'options: the schema is closed at every level': ({ optionsSchema }) => ({
    optionsSchema: {
      ...optionsSchema,
      properties: { ...(optionsSchema['properties'] as object), zone: { type: 'object', properties: {} } },
    },
  }),
  'options: keys are in camelCase': ({ optionsSchema }) => ({
    optionsSchema: {
      ...optionsSchema,
      properties: { ...(optionsSchema['properties'] as object), idle_minutes: { type: 'number' } },
    },
  }),
  'options: an unknown key is reported with its path': ({ optionsSchema }) => ({
    optionsSchema: { ...optionsSchema, patternProperties: { '^sindri': {} } },
  }),
  'options: validate is pure, and what it reports can be shown': () => ({
    validate: () => [{ severity: 'warning', code: '', message: 'something is odd', path: '' }],
  }),
  'check: reports what is needed, and changes nothing': ({ check }, platform) => ({
    async check(request, context) {
      const call = { description: 'POST /check', token: platform.token, signal: context.signal };
      await platform.write(call, () => null);
      return check(request, context);
    },
  }),
  'check: without credentials it reports instead of failing': ({ check }) => ({
    async check(request, context) {
      if (context.env['REFERENCE_TOKEN'] === undefined) throw new Error('no token');
      return check(request, context);
    },
  }),
  'artifacts: have names that are safe to write, and depend on the spec alone': () => ({
    artifacts: () => [{ name: '../reference.json', mediaType: 'application/json', content: '{}' }],
  }),
};
