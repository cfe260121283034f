/** What a registry asks for in `WWW-Authenticate` (RFC 9110, section 11.6.1). */
export type Challenge =
  | { scheme: 'basic' }
  /** A token of the service at `realm`, see the distribution specification's token authentication. */
  | { scheme: 'bearer'; realm: string; service: string | null; scope: string | null };

const LONGEST_HEADER = 8_192;

/** The first challenge that can be answered, `null` when there is none. A header may hold several, and there may be several headers. */
export function readChallenge(header: string | string[] | undefined): Challenge | null {
  const text = (Array.isArray(header) ? header.join(', ') : (header ?? '')).slice(0, LONGEST_HEADER);
  const all = splitChallenges(text);
  const bearer = all.find(({ scheme, values }) => scheme === 'bearer' && values['realm'] !== undefined);
  if (bearer !== undefined) {
    const { realm = '', service = null, scope = null } = bearer.values;
    return { scheme: 'bearer', realm, service, scope };
  }
  return all.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : null;
}

function splitChallenges(text: string): { scheme: string; values: Record<string, string> }[] {
  const challenges: { scheme: string; values: Record<string, string> }[] = [];
  // A parameter `name=value`, or the name of a scheme.
  const token = /([A-Za-z][A-Za-z0-9_-]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)))?[\s,]*/y;
  for (let match = token.exec(text); match !== null && match[0] !== ''; match = token.exec(text)) {
    const [, name = '', quoted, bare] = match;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), values: {} });
    else Object.assign(challenges.at(-1)?.values ?? {}, { [name.toLowerCase()]: value });
  }
  return challenges;
}
