import type { JsonSchema } from '../model/json.js';
import type { Provider } from '../provider/contract.js';
import type { SampleConfig } from '../provider/sample-config.js';
import { slugOf } from './environment-name.js';
import { asSchema, followRefs } from './schema/walk-schema.js';
import { DEFAULT_SCHEMA_PATH, schemaLine } from './schema-line.js';
import { firstSentence } from './schema/words.js';

/** What a first config is to say. */
export interface InitialConfigOptions {
  /** Made into a valid name when it is not one. */
  name: string;
  /** The provider's name; a provider object also brings its options, as comments to choose from. */
  provider: string | Pick<Provider, 'name' | 'title' | 'optionsSchema' | 'sample'>;
  /** Default `minimal`. */
  profile?: string;
  /** Default: what the provider's sample says. */
  memory?: string;
  /** Default: what the provider's sample says. */
  cpus?: number;
  /** Size of the workspace. Default: what the provider's sample says. */
  volume?: string;
}

/** For a provider that has no sample of its own. */
const GUESS: SampleConfig = { memory: '2GB', cpus: 2, volume: '30GB' };

/** The text of a first `sindri.yaml`: the few keys that everybody sets, and comments for the rest. Valid as it is. */
export function initialConfig(options: InitialConfigOptions): string {
  const { provider, profile = 'minimal' } = options;
  const known = typeof provider === 'string' ? null : provider;
  const sample = known?.sample ?? GUESS;
  return `${schemaLine(DEFAULT_SCHEMA_PATH)}
# One development environment. Every key: sindri config schema
version: "3.0"
name: ${slugOf(options.name) ?? 'my-sindri'}

deployment:
  provider: ${known?.name ?? String(provider)}
${sizeLines({ ...sample, ...given(options) })}
extensions:
  profile: ${profile} # minimal, fullstack, anthropic-dev, systems, enterprise, devops, mobile

# Values come from the shell, .env.local or .env beside this file. They are never written into it.
# secrets:
#   - name: ANTHROPIC_API_KEY
#     source: env
#     required: true
#   - name: AUTHORIZED_KEYS
#     source: env
#     fromFile: ~/.ssh/id_ed25519.pub
${known === null ? '' : providerBlock(known)}`;
}

function given({ memory, cpus, volume }: InitialConfigOptions): SampleConfig {
  return Object.fromEntries(Object.entries({ memory, cpus, volume }).filter(([, value]) => value !== undefined));
}

function sizeLines({ image, memory, cpus, volume }: SampleConfig): string {
  const sizes = [
    ...(memory === undefined ? [] : [`    memory: ${memory}`]),
    ...(cpus === undefined ? [] : [`    cpus: ${cpus}`]),
  ];
  return [
    image === undefined ? '  # image: ghcr.io/pacphi/sindri:3.0.0' : `  image: ${image}`,
    ...(sizes.length === 0 ? [] : ['  resources:', ...sizes]),
    ...(volume === undefined
      ? []
      : ['  volumes:', '    workspace:', `      size: ${volume} # your home; it survives when the environment stops`]),
    '',
  ].join('\n');
}

/** What the sample sets is set; every other option is a comment to choose from. */
function providerBlock({
  name,
  title,
  optionsSchema,
  sample,
}: Pick<Provider, 'name' | 'title' | 'optionsSchema' | 'sample'>): string {
  const set = sample?.options ?? {};
  const lines = Object.entries(asSchema(optionsSchema['properties']) ?? {}).map(([key, value]) =>
    Object.hasOwn(set, key)
      ? `${key}: ${JSON.stringify(set[key])}`
      : `# ${optionLine(key, followRefs(optionsSchema, asSchema(value) ?? {}))}`,
  );
  if (lines.length === 0) return '';
  return `
# Options of ${title}. Each line shows what holds without it.
providers:
  ${name}:
${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** `region: sjc  # Where the environment runs.` */
function optionLine(key: string, schema: JsonSchema): string {
  const example = schema['default'] ?? firstOf(schema['examples']) ?? firstOf(schema['enum']);
  const choices = Array.isArray(schema['enum']) ? schema['enum'].join(' | ') : undefined;
  const description = typeof schema['description'] === 'string' ? firstSentence(schema['description']) : undefined;
  const remark = [choices, description].filter((part) => part !== undefined).join('; ');
  const value = example === undefined ? '…' : JSON.stringify(example).replace(/^"([A-Za-z][\w.-]*)"$/, '$1');
  return `${key}: ${value}${remark === '' ? '' : ` # ${remark}`}`;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
