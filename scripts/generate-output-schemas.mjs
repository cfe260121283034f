// Writes the JSON Schemas of what the library and the command line answer with from their types, which are the truth.
// Part of `npm run generate`; a test fails when a schema and its type drift apart.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const sources = path.join(root, 'packages/core/src');

/** One entry per schema: the type it is made of, and how a document wraps that type. */
const documents = [
  { name: 'plan', module: 'model/plan.ts', type: 'Plan', title: 'Answer of `sindri plan`' },
  { name: 'apply', module: 'model/plan.ts', type: 'ApplyReport', title: 'How a plan ended' },
  { name: 'check', module: 'provider/contract.ts', type: 'CheckReport', title: 'Prerequisites of a provider' },
  {
    name: 'error',
    module: 'model/errors.ts',
    type: 'ErrorDocument',
    title: 'Answer of every command that failed',
    wrap: (ref) => ({ type: 'object', required: ['error'], properties: { error: ref } }),
  },
  {
    name: 'event',
    module: '../../cli/src/operations/printed-event.ts',
    type: 'PrintedEvent',
    title: 'One event of `--output ndjson`',
    wrap: (ref) => ({
      allOf: [ref],
      type: 'object',
      required: ['at'],
      properties: { at: { description: 'When it happened, ISO 8601.', type: 'string', format: 'date-time' } },
    }),
  },
  {
    name: 'config-validation',
    module: 'model/problem.ts',
    type: 'ConfigProblem',
    title: 'Answer of `sindri config validate`',
    wrap: (ref) => ({
      type: 'object',
      required: ['schema', 'valid', 'file', 'problems'],
      properties: {
        schema: { const: 'sindri.config-validate/1' },
        valid: { description: 'Whether none of the problems is an error.', type: 'boolean' },
        file: { description: 'The config, absolute. `null` when it came as text.', type: ['string', 'null'] },
        problems: { description: 'In the order of the file.', type: 'array', items: ref },
      },
    }),
  },
  ...[
    ['status', 'status', 'StatusResult', 'sindri status'],
    ['deploy', 'deploy', 'DeployResult', 'sindri deploy'],
    ['destroy', 'destroy', 'DestroyResult', 'sindri destroy'],
    [
      'change',
      'change-result',
      'ChangeResult',
      'sindri keys add`, `sindri keys remove` and of all commands below `sindri volume` and `sindri secrets` that change something, as `sindri volume extend',
    ],
    ['list', 'list', 'ListResult', 'sindri list'],
    ['events', 'events', 'EventsResult', 'sindri events'],
    ['cost', 'cost', 'CostResult', 'sindri cost'],
    ['regions', 'regions', 'RegionsResult', 'sindri regions'],
    ['volumes', 'volumes', 'VolumesResult', 'sindri volume list'],
    ['snapshots', 'snapshots', 'SnapshotsResult', 'sindri volume snapshots'],
    ['image', 'image', 'ImageResult', 'sindri image resolve`, `sindri image verify` and `sindri image outdated'],
    ['image-list', 'image-registry', 'ImageListResult', 'sindri image list'],
    ['image-inspect', 'image-registry', 'ImageInspectResult', 'sindri image inspect'],
    ['keys', 'keys', 'KeysResult', 'sindri keys list'],
    ['tunnel-peers', 'tunnel-peers', 'TunnelPeersResult', 'sindri tunnel peers list'],
    ['tunnel-peers-prune', 'tunnel-peers', 'PrunedPeersResult', 'sindri tunnel peers prune'],
    ['secrets', 'secrets', 'SecretsResult', 'sindri secrets list'],
    ['power', 'power', 'PowerOutcome', 'sindri start`, `sindri stop` and `sindri restart'],
    [
      'command',
      'framework-answer',
      'FrameworkAnswer',
      'sindri help` and of commands for plugins, as `sindri plugins link',
    ],
    ['exec', 'remote', 'CapturedResult', 'sindri exec` and `sindri connect'],
    ['diagnose', 'diagnose', 'DiagnoseResult', 'sindri diagnose'],
    ['hold', 'hold', 'HoldResult', 'sindri hold'],
    ['logs', 'logs', 'LogsResult', 'sindri logs'],
    ['config-init', 'config-init', 'InitResult', 'sindri config init'],
    ['scale', 'scale', 'ScaleResult', 'sindri scale memory` and `sindri scale cpus'],
    ['config-schema-install', 'installed-schema', 'InstallSchemaResult', 'sindri config schema --install'],
    ['import', 'import', 'ImportOutcome', 'sindri import'],
    ['provider-new', 'provider-new', 'NewProviderResult', 'sindri provider new'],
    ['config-render', 'config-render', 'RenderResult', 'sindri config render'],
    ['provider-list', 'providers', 'ProviderListResult', 'sindri provider list'],
    ['conformance', 'provider-verify', 'VerifyResult', 'sindri provider verify'],
    ['doctor', 'doctor', 'DoctorResult', 'sindri doctor'],
    ['auth-login', 'auth-login', 'LoginResult', 'sindri auth login'],
    ['auth-status', 'auth-status', 'AuthStatusResult', 'sindri auth status'],
    ['auth-logout', 'auth-logout', 'LogoutResult', 'sindri auth logout'],
    ['code', 'code', 'CodeResult', 'sindri code'],
    ['cp', 'copy/copy', 'CopyResult', 'sindri cp'],
    ['ssh-config', 'ssh-config', 'SshConfigResult', 'sindri ssh-config'],
    ['version', 'version', 'VersionResult', 'sindri version'],
    ['completion', '../completion/scripts', 'CompletionResult', 'sindri completion'],
    ['plugins', 'framework-answer', 'PluginsAnswer', 'sindri plugins` and `sindri plugins inspect'],
  ].map(([name, operation, type, command]) => ({
    name,
    module: `../../cli/src/operations/${operation}.ts`,
    type,
    title: `Answer of \`${command}\``,
  })),
  ...['Start', 'Status', 'Stop', 'Env', 'Logs', 'Faults'].map((command) => ({
    name: `emulator-${command.toLowerCase()}`,
    module: '../../fly-emulator/src/command-line/answers.ts',
    type: `${command}Answer`,
    title: `Answer of \`sindri emulator ${command.toLowerCase()}\``,
  })),
];

/** Types whose values core never looks into. */
const opaque = {
  JsonObject: { type: 'object' },
  JsonSchema: { type: 'object' },
  JsonValue: {},
};

const { config } = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(
  documents.map(({ module }) => path.join(sources, module)),
  {
    ...options,
    composite: false,
    incremental: false,
    noEmit: true,
    // The sources themselves, so that nothing needs to be built before.
    paths: Object.fromEntries(
      ['core', 'ssh', 'testkit'].map((name) => [`@sindri/${name}`, [path.join(root, `packages/${name}/src/index.ts`)]]),
    ),
  },
);
const checker = program.getTypeChecker();

function schemaOfDocument({ name, module, type, title, wrap = (ref) => ref }) {
  const definitions = {};
  const ref = schemaOf(exportedType(module, type), definitions);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://sindri.dev/schemas/${name}.schema.json`,
    title,
    description: 'Generated from the TypeScript types. Later versions may add keys: ignore those you do not know.',
    ...wrap(ref),
    $defs: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function exportedType(module, name) {
  const file = program.getSourceFile(path.join(sources, module));
  const symbol = checker.getExportsOfModule(checker.getSymbolAtLocation(file)).find((item) => item.name === name);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** Named types become definitions, so that each is described once. */
function schemaOf(type, definitions) {
  const name = type.aliasSymbol?.name ?? (type.isClassOrInterface() ? type.symbol.name : undefined);
  if (name === undefined || name === 'Record') return inlineSchemaOf(type, definitions);
  if (Object.hasOwn(opaque, name)) return opaque[name];
  if (!Object.hasOwn(definitions, name)) {
    // Before its content: a type may contain itself.
    definitions[name] = {};
    const symbol = type.aliasSymbol ?? type.symbol;
    definitions[name] = { ...describe(symbol), ...inlineSchemaOf(type, definitions) };
  }
  return { $ref: `#/$defs/${name}` };
}

function inlineSchemaOf(type, definitions) {
  if (type.isUnion()) return schemaOfUnion(type, definitions);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
  if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
  if (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return { type: 'string' };
  if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
  if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
  if (checker.isArrayType(type)) {
    return { type: 'array', items: schemaOf(checker.getTypeArguments(type)[0], definitions) };
  }
  if (type.flags & ts.TypeFlags.Object) return schemaOfObject(type, definitions);
  throw new Error(`No schema for the type ${checker.typeToString(type)}.`);
}

function schemaOfUnion(type, definitions) {
  const members = type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined));
  const literals = members.filter((member) => member.isStringLiteral());
  const isText = (member) => member.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral);
  const isBoolean = (member) => member.flags & ts.TypeFlags.BooleanLiteral;
  // Any text is allowed beside the known ones.
  const texts = members.some(isText)
    ? [{ type: 'string' }]
    : literals.length > 0
      ? [{ type: 'string', enum: literals.map(({ value }) => value).sort() }]
      : [];
  const booleans = members.filter(isBoolean).length === 2 ? [{ type: 'boolean' }] : [];
  const others = members
    .filter((member) => !literals.includes(member) && !isText(member) && !(booleans.length > 0 && isBoolean(member)))
    .map((member) => schemaOf(member, definitions));
  // The compiler's own order depends on what else it has seen.
  const choices = [...texts, ...booleans, ...others].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (choices.length === 1) return choices[0];
  const simple = choices.every((choice) => Object.keys(choice).length === 1 && typeof choice.type === 'string');
  return simple ? { type: choices.map((choice) => choice.type) } : { anyOf: choices };
}

function schemaOfObject(type, definitions) {
  const properties = {};
  const required = [];
  for (const symbol of type.getProperties()) {
    const own = schemaOf(checker.getTypeOfSymbol(symbol), definitions);
    properties[symbol.name] = { ...describe(symbol), ...own };
    if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name);
  }
  const [index] = checker.getIndexInfosOfType(type);
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    ...(index === undefined ? { properties } : { additionalProperties: schemaOf(index.type, definitions) }),
  };
}

function describe(symbol) {
  const text = ts
    .displayPartsToString(symbol.getDocumentationComment(checker))
    .replace(/\{@link ([^}]+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? {} : { description: text };
}

async function textOf(document) {
  const file = path.join(root, 'schemas', `${document.name}.schema.json`);
  const formatting = await prettier.resolveConfig(file);
  const text = JSON.stringify(schemaOfDocument(document));
  return { file, text: await prettier.format(text, { ...formatting, filepath: file }) };
}

// `--check` leaves the files alone and names those that would change: that is how the test compares.
const check = process.argv.includes('--check');
for (const document of documents) {
  const { file, text } = await textOf(document);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${path.relative(root, file)} does not fit its type any more: npm run generate`);
    process.exitCode = 1;
  }
}
