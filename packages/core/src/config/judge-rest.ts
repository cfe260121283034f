import type { SindriError } from '../model/errors.js';
import { toSindriError } from '../model/to-sindri-error.js';
import type { JsonObject, JsonSchema } from '../model/json.js';
import { callProviderNow, misbehaved } from '../provider/call.js';
import type { Provider } from '../provider/contract.js';
import { buildSpec, originsOf } from './build-spec.js';
import { completeDocument } from './defaults.js';
import { nameFromDirectory } from './environment-name.js';
import type { Violation } from './schema/explain.js';
import type { ConfigProblem } from '../model/problem.js';
import type { EnvironmentSpec } from '../model/spec.js';
import { anchorOf, formatPath, prune, toJson, walk, type ConfigNode, type MapNode, type PathSegment } from './tree.js';
import type { SchemaValidator } from './schema/validate.js';

export interface RestRequest {
  /** The whole config, with all that is wrong in it. */
  root: MapNode;
  schema: JsonSchema;
  validator: SchemaValidator;
  provider: Provider;
  problems: readonly ConfigProblem[];
  violations: readonly Violation[];
  displayName: string;
  baseDir: string;
  /** The image is built from source, whatever the config says. */
  fromSource: boolean;
}

export interface RestJudgement {
  problems: ConfigProblem[];
  result: { spec: EnvironmentSpec; document: JsonObject; provider: Provider } | null;
  failure: SindriError | null;
}

/**
 * Makes the spec of all that is sound in a config and lets the provider judge it, so that its problems are reported together
 * with those of the core. When nothing is wrong, the spec is the result.
 */
export function judgeRest(request: RestRequest): RestJudgement {
  const { root, schema, validator, provider, baseDir, displayName, fromSource } = request;
  const nothing: RestJudgement = { problems: [], result: null, failure: null };
  const refused = refusedPaths(request);
  const rest = prune(root, refused);
  if (rest?.kind !== 'map' || (!rest.entries.has('name') && nameFromDirectory(baseDir) === null)) return nothing;
  if (refused.length > 0 && validator.violations(rest).some(({ segments }) => counts(segments, provider)))
    return nothing;

  const document = completeDocument(toJson(rest) as JsonObject, {
    schema,
    baseDir,
    provider: provider.name,
    requiredSecrets: provider.requiredSecrets,
  });
  const spec = buildSpec(document, { baseDir, origins: originsOf(rest, displayName), fromSource });
  const sound = request.problems.every(({ severity }) => severity !== 'error');
  try {
    const problems = providerProblems(provider, spec).flatMap((problem) => place(problem, root, rest) ?? []);
    return { problems, result: { spec, document, provider }, failure: null };
  } catch (error) {
    // A provider may stumble over a config that is not whole; then it is not its fault.
    if (!sound) return nothing;
    const failure = toSindriError(error);
    const { code, message, hint } = failure;
    return { ...nothing, problems: [{ severity: 'error', code, message, path: '', hint }], failure };
  }
}

function providerProblems(provider: Provider, spec: EnvironmentSpec): ConfigProblem[] {
  if (provider.validate === undefined) return [];
  // A copy: a provider that changes what it is given must not change what everybody else gets.
  const problems: unknown = callProviderNow(provider, 'validate', () => provider.validate?.(structuredClone(spec)));
  if (!Array.isArray(problems)) throw misbehaved(provider, 'validate', 'it returned no list of problems.');
  return problems as ConfigProblem[];
}

/** Gives a provider's problem its place in the file. `undefined` when it is about something that was refused already. */
function place(problem: ConfigProblem, root: MapNode, rest: MapNode): ConfigProblem | undefined {
  const node = findByPath(rest, problem.path);
  if (node === undefined && findByPath(root, problem.path) !== undefined) return undefined;
  if (problem.line !== undefined) return { ...problem, path: node?.path ?? problem.path };
  const anchor = node ?? nearestAbove(rest, problem.path);
  const position = node?.kind === 'scalar' ? node.position : anchorOf(anchor);
  return { ...problem, path: node?.path ?? problem.path, ...position };
}

/** By the canonical path, or by the path as written. */
function findByPath(root: MapNode, path: string): ConfigNode | undefined {
  let found: ConfigNode | undefined;
  walk(root, (node, segments) => {
    if (found === undefined && (formatPath(segments) === path || node.path === path)) found = node;
  });
  return found;
}

/** A value that is not in the file stands where it would be. */
function nearestAbove(root: MapNode, path: string): ConfigNode {
  let found: ConfigNode = root;
  walk(root, (node, segments) => {
    const own = formatPath(segments);
    if (own !== '' && (path.startsWith(`${own}.`) || path.startsWith(`${own}[`))) found = node;
  });
  return found;
}

/** Canonical paths of everything that an error is about, and of everything that has no value. */
function refusedPaths({ root, problems, violations, provider }: RestRequest): PathSegment[][] {
  const wrong = new Set(problems.filter(({ severity }) => severity === 'error').map(({ path }) => path));
  const paths = violations.map(({ segments }) => segments).filter((segments) => counts(segments, provider));
  walk(root, (node, segments) => {
    const failed = node.kind === 'scalar' && node.failed === true;
    if (segments.length > 0 && (failed || wrong.has(node.path))) paths.push(segments);
  });
  return paths;
}

/** Whether it matters to the chosen provider. */
function counts(segments: readonly PathSegment[], provider: Provider): boolean {
  return segments[0] !== 'providers' || segments.length < 2 || segments[1] === provider.name;
}
