/** The parts of `ghcr.io/pacphi/sindri:3.0.0@sha256:…`. */
export interface ImageReference {
  /** With the registry's host, as written. */
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** What to do about any of them. */
export const IMAGE_EXAMPLE_HINT = 'It looks like `ghcr.io/pacphi/sindri:3.0.0`.';

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;
const HOST = /^(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:))(?::[0-9]{1,5})?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const MAXIMUM_REPOSITORY = 255;

/** Reads an image reference by the rules of the OCI distribution specification, or returns what is wrong with it. */
export function parseImageReference(text: string): ImageReference | { problem: string; hint?: string } {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined) {
    return { problem: `begins with \`${scheme}\``, hint: `An image has no scheme: \`${text.slice(scheme.length)}\`.` };
  }
  const at = text.indexOf('@');
  const digest = at < 0 ? null : text.slice(at + 1);
  if (digest !== null && !DIGEST.test(digest)) {
    return { problem: 'has a digest that is not `sha256:` and 64 hexadecimal digits' };
  }
  const name = at < 0 ? text : text.slice(0, at);
  const slashed = /^[^:]*\/[^/:]*:([^/]*\/.*)$/.exec(name.replace(/^[^/]*:\d+(?=\/)/, ''))?.[1];
  if (slashed !== undefined) {
    const hint = `A tag cannot contain \`/\`: \`${slashed.replaceAll('/', '-')}\`, for example.`;
    return { problem: `has a slash in its tag, \`${slashed}\``, hint };
  }
  // A colon before the last slash belongs to the registry's port.
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const tag = colon < 0 ? null : name.slice(colon + 1);
  if (tag !== null && !isImageTag(tag)) {
    const problem = tag === '' ? 'ends in a colon without a tag' : `has a tag that is not one: ${JSON.stringify(tag)}`;
    return { problem, hint: 'A tag has letters, digits, `_`, `.` and `-`, at most 128.' };
  }
  const repository = colon < 0 ? name : name.slice(0, colon);
  return checkRepository(repository, text.slice(repository.length)) ?? { repository, tag, digest };
}

/** What is wrong with a repository such as `ghcr.io/pacphi/sindri`, or `undefined`. `rest` is what follows it in the file. */
export function checkRepository(repository: string, rest = ''): { problem: string; hint?: string } | undefined {
  if (repository === '') return { problem: 'names no image' };
  if (repository.length > MAXIMUM_REPOSITORY) return { problem: `is longer than ${MAXIMUM_REPOSITORY} characters` };
  const parts = repository.split('/');
  const [first = ''] = parts;
  const path = parts.length > 1 && HOST.test(first) ? parts.slice(1) : parts;
  const odd = path.find((component) => !COMPONENT.test(component));
  if (odd === undefined) return undefined;
  if (odd === '') return { problem: 'has nothing between two slashes, or at an end' };
  if (path.every((component) => COMPONENT.test(component.toLowerCase()))) {
    const lower = [...parts.slice(0, parts.length - path.length), ...path.map((component) => component.toLowerCase())];
    return { problem: 'has capital letters in its repository', hint: `Did you mean \`${lower.join('/')}${rest}\`?` };
  }
  if (odd.includes(':'))
    return { problem: 'is more than a repository', hint: 'A tag goes into `version` or `tagOverride`.' };
  return { problem: `has a part that no repository can have: ${JSON.stringify(odd)}` };
}

/** Whether `text` can be a tag. */
export function isImageTag(text: string): boolean {
  return TAG.test(text);
}
