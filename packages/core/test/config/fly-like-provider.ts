import type { Provider } from '../../src/provider/contract.js';
import { createProviderRegistry } from '../../src/provider/registry.js';
import { validateConfig, type ConfigSource } from '../../src/config/load.js';
import type { ConfigProblem } from '../../src/model/problem.js';
import type { EnvironmentSpec } from '../../src/model/spec.js';
import { emptyWorld, fakeProvider } from '../fake-provider.js';

/** A provider with the options that the documents of Sindri show for Fly, and nothing of Fly's own judgement. */
export function flyLikeProvider(overrides: Partial<Provider> = {}): Provider {
  return fakeProvider(emptyWorld(), {
    name: 'fly',
    title: 'Fly.io',
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        region: {
          type: 'string',
          pattern: '^[a-z]{3}$',
          errorMessage: 'must be the three letters of a region',
          default: 'sjc',
          description: 'Where the machine runs. Three letters.',
        },
        organization: { type: 'string', default: 'personal' },
        cpuKind: { type: 'string', enum: ['shared', 'performance'], default: 'shared' },
        sshPort: { type: 'integer', minimum: 1024, maximum: 65535, default: 10022 },
        autoStopMachines: { type: 'boolean', default: true },
        autoStartMachines: { type: 'boolean', default: true },
        highAvailability: { type: 'boolean', default: false },
        dedicatedIpv4: { type: 'boolean', default: false },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    ...overrides,
  });
}

export const fly = flyLikeProvider();
export const registry = createProviderRegistry([fly]);

export interface Judged {
  problems: ConfigProblem[];
  errors: ConfigProblem[];
  warnings: ConfigProblem[];
  spec: EnvironmentSpec | null;
  /** `line:column severity message (hint)`, one per problem. */
  lines: string[];
}

/** Judges a text as `/project/demo/sindri.yaml`. */
export async function judge(
  text: string,
  {
    env = {},
    providers = [fly],
    ...source
  }: { env?: Record<string, string>; providers?: Provider[] } & Partial<ConfigSource> = {},
): Promise<Judged> {
  const { problems, spec } = await validateConfig(
    { text, cwd: '/project/demo', ...source },
    { env, providers: createProviderRegistry(providers) },
  );
  return {
    problems,
    spec,
    errors: problems.filter(({ severity }) => severity === 'error'),
    warnings: problems.filter(({ severity }) => severity === 'warning'),
    lines: problems.map(
      ({ line, column, severity, message, hint }) =>
        `${line}:${column} ${severity} ${message}${hint === undefined ? '' : ` (${hint})`}`,
    ),
  };
}

/** A config with nothing wrong in it, and `more` at its end. */
export function config(more = ''): string {
  return `version: "3.0"\nname: demo\ndeployment:\n  provider: fly\n${more}`;
}
