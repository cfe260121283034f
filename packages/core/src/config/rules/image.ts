import { checkRepository, IMAGE_EXAMPLE_HINT, isImageTag, parseImageReference } from '../../image/reference.js';
import { errorAt, errorAtKey, warningAt, warningAtKey } from '../problems-at.js';
import type { ConfigProblem } from '../../model/problem.js';
import { readRange } from '../../image/version-range.js';
import { nodeAt, textAt, type ConfigNode, type MapNode } from '../tree.js';
import { quote } from '../schema/words.js';

const OWN_REPOSITORY = /^ghcr\.io\/pacphi\/sindri$/;

/** That image references are some, and which of the ways to name an image wins when several are used. */
export function imageRules(root: MapNode): ConfigProblem[] {
  return [
    ...referenceRules(root),
    ...precedenceRules(root),
    ...strategyRules(root),
    ...rangeRules(root),
    ...identityRules(root),
    ...distroRules(root),
  ];
}

function referenceRules(root: MapNode): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const check = (path: string[], judge: (text: string) => object): void => {
    const node = nodeAt(root, path);
    const text = textAt(root, path);
    // Empty text and blanks are the schema's to refuse.
    if (node === undefined || text === undefined || !/^\S+$/.test(text)) return;
    const verdict = judge(text) as { problem?: string; hint?: string };
    if (verdict.problem === undefined) return;
    const message = `${node.path} ${verdict.problem}, got ${quote(text)}.`;
    problems.push(errorAt(node, { code: 'CONFIG_IMAGE', message, hint: verdict.hint ?? IMAGE_EXAMPLE_HINT }));
  };
  check(['deployment', 'image'], parseImageReference);
  check(['deployment', 'imageConfig', 'registry'], (text) => checkRepository(text) ?? {});
  return problems;
}

function precedenceRules(root: MapNode): ConfigProblem[] {
  const image = nodeAt(root, ['deployment', 'image']);
  const config = nodeAt(root, ['deployment', 'imageConfig']);
  const source = enabledSource(root);
  const [winner, ...losers] = [source, config, image].filter((node) => node !== undefined);
  const warnings = losers.map((loser) => hasNoEffect(loser, winner));
  return [...warnings, ...configPrecedenceRules(root)];
}

function enabledSource(root: MapNode): ConfigNode | undefined {
  const enabled = nodeAt(root, ['deployment', 'buildFromSource', 'enabled']);
  if (enabled?.kind !== 'scalar' || enabled.value !== true) return undefined;
  return nodeAt(root, ['deployment', 'buildFromSource']);
}

/** Inside of `imageConfig`: digest before tag. The version range is commonly left in place beside them. */
function configPrecedenceRules(root: MapNode): ConfigProblem[] {
  const digest = nodeAt(root, ['deployment', 'imageConfig', 'digest']);
  const tag = nodeAt(root, ['deployment', 'imageConfig', 'tagOverride']);
  return digest !== undefined && tag !== undefined ? [hasNoEffect(tag, digest)] : [];
}

function hasNoEffect(loser: ConfigNode, winner: ConfigNode | undefined): ConfigProblem {
  return warningAtKey(loser, {
    code: 'CONFIG_NO_EFFECT',
    message: `${loser.path} has no effect: ${winner?.path ?? 'another key'} wins.`,
    hint: 'Keep one of them.',
  });
}

/** The strategy `explicit` takes `version` for the tag itself. */
function strategyRules(root: MapNode): ConfigProblem[] {
  const at = (key: string): string[] => ['deployment', 'imageConfig', key];
  const strategy = nodeAt(root, at('resolutionStrategy'));
  if (strategy === undefined || textAt(root, at('resolutionStrategy')) !== 'explicit') return [];
  if (nodeAt(root, at('digest')) !== undefined || nodeAt(root, at('tagOverride')) !== undefined) return [];
  const version = nodeAt(root, at('version'));
  if (version === undefined) {
    return [
      errorAtKey(strategy, {
        code: 'CONFIG_IMAGE',
        message: `${strategy.path} "explicit" needs to be told the image.`,
        hint: 'Add `digest`, `tagOverride`, or the tag as `version`.',
      }),
    ];
  }
  const tag = textAt(root, at('version'));
  if (tag === undefined || isImageTag(tag)) return [];
  return [
    errorAt(version, {
      code: 'CONFIG_IMAGE',
      message: `${version.path} must be a tag when ${strategy.path} is "explicit", got ${quote(tag)}.`,
      hint: 'Write the tag itself, such as `3.0.0`, or choose the strategy `semver`.',
    }),
  ];
}

/** A version that nothing else decides for must be a range. */
function rangeRules(root: MapNode): ConfigProblem[] {
  const at = (key: string): string[] => ['deployment', 'imageConfig', key];
  const version = nodeAt(root, at('version'));
  const text = textAt(root, at('version'));
  if (version === undefined || text === undefined || textAt(root, at('resolutionStrategy')) === 'explicit') return [];
  // An odd character is the schema's to refuse.
  if (!/^[0-9A-Za-z.*^~<>=|,+ -]+$/.test(text) || readRange(text) !== null) return [];
  return [
    errorAt(version, {
      code: 'CONFIG_IMAGE',
      message: `${version.path} is no version range, got ${quote(text)}.`,
      hint: 'It looks like `^3.0.0`, `~3.1`, `>=3.0 <4` or `3.0.0`. For a tag as it stands use `tagOverride`.',
    }),
  ];
}

function identityRules(root: MapNode): ConfigProblem[] {
  const path = ['deployment', 'imageConfig', 'certificateIdentity'];
  const [node, text] = [nodeAt(root, path), textAt(root, path)];
  // A control character is another rule's to refuse.
  if (node === undefined || text === undefined || /\p{Cc}/u.test(text)) return [];
  try {
    new RegExp(text, 'u');
    return [];
  } catch {
    return [
      errorAt(node, {
        code: 'CONFIG_IMAGE',
        message: `${node.path} is no regular expression, got ${quote(text)}.`,
        hint: 'It must match the whole identity: `https://github\\.com/my-org/my-image/.*`.',
      }),
    ];
  }
}

/** Sindri's own images carry the distribution in their tags; an image from elsewhere may be called anything. */
function distroRules(root: MapNode): ConfigProblem[] {
  const distro = nodeAt(root, ['deployment', 'distro']);
  const wanted = textAt(root, ['deployment', 'distro']);
  const image = parseImageReference(textAt(root, ['deployment', 'image']) ?? '');
  if (distro === undefined || wanted === undefined || 'problem' in image) return [];
  if (!OWN_REPOSITORY.test(image.repository) || image.tag === null) return [];
  const actual = /-(ubuntu|fedora|opensuse)(?:-|$)/.exec(image.tag)?.[1] ?? 'ubuntu';
  if (actual === wanted) return [];
  return [
    warningAt(distro, {
      code: 'CONFIG_NO_EFFECT',
      message: `${distro.path} is "${wanted}", but the image's tag "${image.tag}" means ${actual}; the image decides.`,
      hint: `Use a tag that ends in \`-${wanted}\`, or set distro to \`${actual}\`.`,
    }),
  ];
}
