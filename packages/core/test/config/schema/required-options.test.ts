import { Ajv2020 } from 'ajv/dist/2020.js';
import { composeConfigSchema } from '../../../src/config/schema/compose.js';
import { config, flyLikeProvider, judge } from '../fly-like-provider.js';

const strict = flyLikeProvider({
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['root', 'projectId'],
    properties: {
      root: { type: 'string', description: 'The directory of all environments.' },
      projectId: { type: 'string' },
    },
  },
});
const providers = [strict];

describe('what a provider requires', () => {
  it.each([
    ['without any block', config()],
    ['without a block of its own', config('providers:\n  docker: {}\n')],
  ])('is required %s', async (_how, text) => {
    const { problems } = await judge(text, { providers });
    expect(problems).toEqual([
      expect.objectContaining({
        severity: 'error',
        code: 'CONFIG_MISSING_KEY',
        path: 'providers.fly.root',
        message: 'providers.fly.root, providers.fly.projectId are missing.',
        hint: 'The directory of all environments.',
      }),
    ]);
  });

  it('is required key by key where there is a block', async () => {
    const { errors } = await judge(config('providers:\n  fly:\n    root: /x\n'), { providers });
    expect(errors.map(({ path }) => path)).toEqual(['providers.fly.projectId']);
  });

  it('is not required of whoever chooses another provider', async () => {
    const other = flyLikeProvider({ name: 'other' });
    const text = 'version: "3.0"\nname: demo\ndeployment:\n  provider: other\n';
    expect((await judge(text, { providers: [strict, other] })).problems).toEqual([]);
  });

  it('is required by the schema for editors, in either spelling', () => {
    const validate = new Ajv2020({ strict: false }).compile(composeConfigSchema(providers));
    const document = (options?: object) => ({
      version: '3.0',
      name: 'demo',
      deployment: { provider: 'fly' },
      ...(options === undefined ? {} : { providers: { fly: options } }),
    });
    expect(validate(document())).toBe(false);
    expect(validate(document({ root: '/x' }))).toBe(false);
    expect(validate(document({ root: '/x', project_id: 'p' }))).toBe(true);
  });
});
