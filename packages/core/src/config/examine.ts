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
import { joinPath, nodeAt, textAt, walk, type MapNode } from './tree.js';

/** What a config may refer to. */
export interface LoadOptions {
  /** What `${VAR}` stands for. */
  env: Variables;
  providers: ProviderRegistry;
  /**
   * What `${VAR}` stands for once the provider is known, where that makes a difference. Asked once, and only when what is wrong in the
   * config could not be found without.
   */
  envFor?(provider: string): Promise<Variables>;
  /** The image is built from source, whatever the config says. Default false. */
  fromSource?: boolean;
  /** Whether what stops only a deploy is reason enough not to ask. Default false. */
  deploys?: boolean;
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
  /** The provider that the config names, whatever else is wrong with it; `null` when it names none. */
  named: string | null;
}

/**
 * Takes a config through all steps and collects what each of them finds. No step stops the others, except that a text which
 * is no YAML has no content to judge. Never throws for bad content.
 */
export async function examine(input: ConfigText, options: LoadOptions): Promise<Examination> {
  const parsed = parseYaml(input.text);
  if (parsed.root === null) return conclude(input, parsed.problems, { named: null });
  const read = dropIgnored(parsed.root);
  const start = { root: read.root, problems: [...parsed.problems, ...read.problems] };
  const { env, envFor, deploys = false } = options;
  const first = await judge(input, start, env, options);
  if (envFor === undefined || isHopeless(first, deploys)) return first.judgeRest();
  const { named } = first;
  if (first.hasVariables) {
    return (await judge(input, start, named === null ? env : await envFor(named), options)).judgeRest();
  }
  // Another env changes nothing in it, so that it can be judged to the end before anything is started for it.
  const whole = first.judgeRest();
  const stops = whole.result === null || (deploys && whole.problems.some(({ severity }) => severity === 'error'));
  if (!stops && named !== null) await envFor(named);
  return whole;
}

/** What the steps up to the provider's own judgement have found. */
interface Judged {
  /** The name of the provider, which may itself be a variable. */
  named: string | null;
  hasVariables: boolean;
  problems: ConfigProblem[];
  /** The last step: the provider is asked. */
  judgeRest(): Examination;
}

async function judge(
  input: ConfigText,
  start: { root: MapNode; problems: readonly ConfigProblem[] },
  env: Variables,
  { providers, fromSource = false }: LoadOptions,
): Promise<Judged> {
  const filled = fillVariables(start.root, env);
  const { chosen, failure, schema, validator } = await selectProviders(filled.root, providers);
  const spelled = canonicalSpelling(filled.root, schema);
  const unified = unifyDialect(spelled.root);
  const adapted = adaptScalars(unified.root, schema);
  const { root } = adapted;

  const violations = validator.violations(root);
  const refused = violations.map(({ problem }) => problem);
  const ruled = applyRules(
    root,
    providers.list().map(({ name }) => name),
  );
  const problems = [
    ...[start, filled, spelled, unified, adapted].flatMap((step) => step.problems),
    ...noteMissing(root, input.baseDir),
    ...refused,
    // What the schema has refused needs no second word.
    ...ruled.filter(({ path }) => !refused.some((problem) => isAtOrUnder(path, problem.path))),
    ...(failure === null ? [] : [providerProblem(root, failure)]),
  ].map((problem) => (isAboutOthers(problem, root) ? { ...problem, severity: 'warning' as const } : problem));
  const named = textAt(filled.root, ['deployment', 'provider']) ?? null;
  return {
    named,
    hasVariables: usesVariables(start.root),
    problems,
    judgeRest() {
      if (chosen === null) return conclude(input, problems, { named, failure });
      const rest = judgeRest({ root, schema, validator, provider: chosen, problems, violations, fromSource, ...input });
      return conclude(input, [...problems, ...rest.problems], { ...rest, named });
    },
  };
}

/** Whether no other env could make it sound: only a variable without a value might have one there. */
function isHopeless({ problems }: Judged, deploys: boolean): boolean {
  return problems.some(
    ({ severity, blocks, code }) =>
      severity === 'error' && (blocks === undefined || deploys) && code !== 'CONFIG_VARIABLE_UNSET',
  );
}

function usesVariables(root: MapNode): boolean {
  let found = false;
  walk(root, (node) => {
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('$')) found = true;
  });
  return found;
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
  { result = null, failure = null, named }: Pick<Examination, 'named'> & Partial<Examination>,
): Examination {
  const placed = problems.map((problem) => (problem.line === undefined ? problem : { file: displayName, ...problem }));
  const valid = placed.every(({ severity, blocks }) => severity !== 'error' || blocks !== undefined);
  return { problems: inFileOrder(placed), result: valid ? result : null, failure, named };
}
