import { nearest } from '../../nearest.js';
import { didYouMean } from '../schema/hints.js';
import { KNOWN_PROFILES } from './profiles.js';
import { errorAt, errorAtKey, warningAt } from '../problems-at.js';
import type { ConfigProblem } from '../../model/problem.js';
import { nodeAt, textAt, type MapNode } from '../tree.js';

/** A profile (and additions to it), or a list of one's own. */
export function extensionRules(root: MapNode): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const profile = nodeAt(root, ['extensions', 'profile']);
  const active = nodeAt(root, ['extensions', 'active']);
  const additional = nodeAt(root, ['extensions', 'additional']);
  if (profile !== undefined && active !== undefined) {
    problems.push(
      errorAtKey(active, {
        code: 'CONFIG_EXTENSIONS',
        message: `${active.path} and ${profile.path} exclude each other.`,
        hint: 'Keep the profile and list more extensions under `additional`, or list all of them under `active`.',
      }),
    );
  }
  if (additional !== undefined && profile === undefined) {
    problems.push(
      errorAtKey(additional, {
        code: 'CONFIG_EXTENSIONS',
        message: `${additional.path} adds to a profile, and there is none.`,
        hint: active === undefined ? 'Name one with `profile`.' : 'Move its entries to `active`.',
      }),
    );
  }
  const name = textAt(root, ['extensions', 'profile']);
  if (profile !== undefined && name !== undefined && !KNOWN_PROFILES.includes(name)) {
    const near = nearest(name, KNOWN_PROFILES);
    const message = `Sindri's own images have no profile "${name}".`;
    const known = `They have ${KNOWN_PROFILES.slice(0, 7).join(', ')}.`;
    problems.push(
      // Another image may have profiles of its own; a name that is nearly one of ours is a slip of the hand.
      near === undefined
        ? warningAt(profile, { code: 'CONFIG_PROFILE_UNKNOWN', message, hint: known })
        : errorAt(profile, { code: 'CONFIG_PROFILE_UNKNOWN', message, hint: didYouMean(near) }),
    );
  }
  return problems;
}
