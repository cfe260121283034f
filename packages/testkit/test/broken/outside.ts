import type { ImportedConfig } from '@sindri/core';
import { of, type Bend, type BrokenProviders } from './bend.js';

let made = 0;

/** Changes what is imported from the platform. */
function importing(change: (imported: ImportedConfig) => ImportedConfig): Bend {
  return ({ import: member }) => ({
    import: {
      ...member,
      fromPlatform: async (name, context) => change(await of(of(member).fromPlatform)(name, context)),
    },
  });
}

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
  'import: a config of what was deployed has an empty plan': {
    'it has another size': importing(({ config, remarks }) => ({
      config: { ...config, deployment: { ...(config['deployment'] as object), resources: { memory: '3GB' } } },
      remarks,
    })),
  },
  'import: what is not there is refused': ({ import: member }) => ({
    import: {
      ...member,
      fromPlatform: (name, context) =>
        of(of(member).fromPlatform)(name, context).catch(() => ({
          config: { deployment: { provider: 'reference' } },
          remarks: [],
        })),
    },
  }),
  'import: a file that is none is refused as a mistake of its author': ({ import: member }) => ({
    import: { ...member, fromFile: ({ text }) => JSON.parse(text) as ImportedConfig },
  }),
};
