import type { ErrorObject } from 'ajv/dist/2020.js';

/**
 * A schema that offers a choice (`anyOf`, `oneOf`) reports every branch that does not fit and then itself. Leaves of each such
 * group what helps: when one branch was clearly meant (it was refused only further inside), its errors; otherwise only the
 * choice itself, which says all branches in one sentence.
 */
export function collapseChoices(errors: readonly ErrorObject[]): ErrorObject[] {
  const result: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      result.push(error);
      continue;
    }
    // The validator reports the branches right before the choice.
    let first = result.length;
    while (first > 0 && isOfBranch(result[first - 1], error)) first--;
    const meant = meantBranch(result.splice(first), error);
    result.push(...(meant ?? [error]));
  }
  return result;
}

function isOfBranch(candidate: ErrorObject | undefined, choice: ErrorObject): boolean {
  if (candidate === undefined || !isWithin(candidate.instancePath, choice.instancePath)) return false;
  // A branch that is a `$ref` reports the path of what it refers to.
  return candidate.schemaPath.startsWith(`${choice.schemaPath}/`) || candidate.schemaPath.includes('/$defs/');
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

/** The errors of the branch with the fewest, among those that the value itself fits: only something inside of it does not. */
function meantBranch(errors: readonly ErrorObject[], choice: ErrorObject): ErrorObject[] | undefined {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    const name = branchOf(error, choice);
    branches.set(name, [...(branches.get(name) ?? []), error]);
  }
  const fitting = [...branches.values()].filter((group) => group.every((error) => isInside(error, choice)));
  return fitting.sort((a, b) => a.length - b.length)[0];
}

function branchOf({ schemaPath }: ErrorObject, choice: ErrorObject): string {
  const prefix = schemaPath.startsWith(`${choice.schemaPath}/`)
    ? `${choice.schemaPath}/`
    : /^.*?\/\$defs\//.exec(schemaPath)?.[0];
  const depth = prefix?.split('/').length;
  return schemaPath.split('/').slice(0, depth).join('/');
}

function isInside({ instancePath, keyword }: ErrorObject, choice: ErrorObject): boolean {
  return (
    instancePath.length > choice.instancePath.length || keyword === 'additionalProperties' || keyword === 'required'
  );
}
