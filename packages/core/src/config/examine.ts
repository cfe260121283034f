import type { SindriError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { Provider } from '../provider/contract.js';
import type { ProviderRegistry } from '../provider/registry.js';
import { unifyDialect } from './dialect.js';
import { fillVariables } from './variables/fill-variables.js';
import { dropIgnored } from './ignored.js';
import { judgeRest } from './judge-rest.js';
import { noteMissing } from './missing.js';
import { parseYaml } from './text/parse-yaml.js';
import { inFileOrder, isAtOrUnder, problemAt } from './problems-at.js';
import type { ConfigProblem } from '../model/problem.js';
import type { Variables } from './variables/interpolation.js';
import { applyRules } from './rules/apply-rules.js';
import { adaptScalars } from './scalars.js';
import { selectProviders } from './select-providers.js';
import type { EnvironmentSpec } from '../model/spec.js';
import { canonicalSpelling } from './spelling.js';
import { joinPath, nodeAt, textAt, type MapNode } from './tree.js';

/** What a config may refer to. */
export interface LoadOptions {
  /** What `${VAR}` stands for. */
  env: Variables;
  providers: ProviderRegistry;
  /** What `${VAR}` stands for once the provider is known, where that makes a difference. Asked once. */
  envFor?(provider: string): Promise<Variables>;
}

/** A config's text and where it stands. */
export interface ConfigText {
  text: string;
  /** As people say it, for problems. */
  displayName: string;
  /** Absolute. */
  baseDir: string;
}

export interface Examination {
  /** In the order of the file. */
  problems: ConfigProblem[];
  /** `null` when one of the problems is an error that stops everything. */
  result: { spec: EnvironmentSpec; document: JsonObject; provider: Provider } | null;
  /** Why the chosen provider could not be used; also among the problems. */
  failure: SindriError | null;
}

/**
 * Takes a config through all steps and collects what each of them finds. No step stops the others, except that a text which
 * is no YAML has no content to judge. Never throws for bad content.
 */
export async function examine(input: ConfigText, options: LoadOptions): Promise<Examination> {
  const parsed = parseYaml(input.text);
  if (parsed.root === null) return conclude(input, parsed.problems, null, null);
  const read = dropIgnored(parsed.root);
  const filled = fillVariables(read.root, await variablesFor(read.root, options));
  const { chosen, failure, schema, validator } = await selectProviders(filled.root, options.providers);
  const spelled = canonicalSpelling(filled.root, schema);
  const unified = unifyDialect(spelled.root);
  const adapted = adaptScalars(unified.root, schema);
  const { root } = adapted;

  const violations = validator.violations(root);
  const refused = violations.map(({ problem }) => problem);
  const ruled = applyRules(
    root,
    options.providers.list().map(({ name }) => name),
  );
  const problems = [
    ...[parsed, read, filled, spelled, unified, adapted].flatMap((step) => step.problems),
    ...noteMissing(root, input.baseDir),
    ...refused,
    // What the schema has refused needs no second word.
    ...ruled.filter(({ path }) => !refused.some((problem) => isAtOrUnder(path, problem.path))),
    ...(failure === null ? [] : [providerProblem(root, failure)]),
  ].map((problem) => (isAboutOthers(problem, root) ? { ...problem, severity: 'warning' as const } : problem));
  if (chosen === null) return conclude(input, problems, null, failure);

  const rest = judgeRest({ root, schema, validator, provider: chosen, problems, violations, ...input });
  return conclude(input, [...problems, ...rest.problems], rest.result, rest.failure);
}

/** The name of the provider may itself be a variable. */
async function variablesFor(root: MapNode, { env, envFor }: LoadOptions): Promise<Variables> {
  if (envFor === undefined) return env;
  const name = textAt(fillVariables(root, env).root, ['deployment', 'provider']);
  return name === undefined ? env : envFor(name);
}

/** Options of a provider that is not chosen cannot stop anything. */
function isAboutOthers({ path }: ConfigProblem, root: MapNode): boolean {
  const chosen = textAt(root, ['deployment', 'provider']);
  if (chosen === undefined || !path.startsWith('providers')) return false;
  return path !== 'providers' && !isAtOrUnder(path, joinPath('providers', chosen));
}

function providerProblem(root: MapNode, { code, message, hint }: SindriError): ConfigProblem {
  const node = nodeAt(root, ['deployment', 'provider']) ?? root;
  return problemAt('error', node.path, node.position, { code, message, hint });
}

function conclude(
  { displayName }: ConfigText,
  problems: readonly ConfigProblem[],
  result: Examination['result'],
  failure: SindriError | null,
): Examination {
  const placed = problems.map((problem) => (problem.line === undefined ? problem : { file: displayName, ...problem }));
  const valid = placed.every(({ severity, blocks }) => severity !== 'error' || blocks !== undefined);
  return { problems: inFileOrder(placed), result: valid ? result : null, failure };
}
