/**
 * What a part of an answer must look like: `null` when it does, else what is wrong, as the end of a sentence that names the part:
 * `machines[0].id is missing`. Members that nobody asked for are fine.
 */
export type Shape = (value: unknown, at: string) => string | null;

type Members = Readonly<Record<string, Shape>>;

/** Whatever came; also nothing at all. */
export const anything: Shape = () => null;

export const text: Shape = (value, at) => (typeof value === 'string' ? null : wrong(value, at, 'text'));

export const wholeNumber: Shape = (value, at) =>
  Number.isSafeInteger(value) ? null : wrong(value, at, 'a whole number');

export const number: Shape = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? null : wrong(value, at, 'a number');

/** A time as the number of `unitMs` since the epoch, which a `Date` can hold. */
export const timeIn =
  (unitMs: number): Shape =>
  (value, at) =>
    typeof value === 'number' && Math.abs(value * unitMs) <= LATEST_MS ? null : wrong(value, at, 'a time');

const LATEST_MS = 8.64e15;

export const yesOrNo: Shape = (value, at) => (typeof value === 'boolean' ? null : wrong(value, at, 'true or false'));

/** Text of a certain form. `what` names the form: `an id`. */
export const matching =
  (pattern: RegExp, what: string): Shape =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? null : wrong(value, at, what);

export const listOf =
  (item: Shape): Shape =>
  (value, at) => {
    if (!Array.isArray(value)) return wrong(value, at, 'a list');
    for (const [index, one] of value.entries()) {
      const fault = item(one, `${at}[${index}]`);
      if (fault !== null) return fault;
    }
    return null;
  };

/** A list; also `null`, which is how a Go server writes one that is empty. */
export const listOrNull = (item: Shape): Shape => orNull(listOf(item));

/** An object with these members; those of `may` can be absent or `null`, as any member of Fly's answers can. */
export const object =
  (must: Members, may: Members = {}): Shape =>
  (value, at) => {
    if (!isObject(value)) return wrong(value, at, 'an object');
    for (const [name, shape] of Object.entries(must)) {
      if (!Object.hasOwn(value, name)) return `${member(at, name)} is missing`;
      const fault = shape(value[name], member(at, name));
      if (fault !== null) return fault;
    }
    for (const [name, shape] of Object.entries(may)) {
      const fault = orNull(shape)(Object.hasOwn(value, name) ? value[name] : undefined, member(at, name));
      if (fault !== null) return fault;
    }
    return null;
  };

/** An object that is a map: any names, one shape of value. */
export const mapOf =
  (item: Shape): Shape =>
  (value, at) => {
    if (!isObject(value)) return wrong(value, at, 'an object');
    for (const [name, one] of Object.entries(value)) {
      const fault = item(one, member(at, name.slice(0, 40)));
      if (fault !== null) return fault;
    }
    return null;
  };

/** An object with at least one of these members. */
export const withOneOf =
  (names: readonly string[], shape: Shape): Shape =>
  (value, at) => {
    const fault = shape(value, at);
    if (fault !== null) return fault;
    const found = names.some((name) => ((value as Record<string, unknown>)[name] ?? null) !== null);
    return found ? null : `${at === '' ? 'it' : at} has none of ${names.join(', ')}`;
  };

/** Either of two. What is wrong is told in the words of the first. */
export const either =
  (first: Shape, second: Shape): Shape =>
  (value, at) =>
    second(value, at) === null ? null : first(value, at);

export function orNull(shape: Shape): Shape {
  return (value, at) => (value === undefined || value === null ? null : shape(value, at));
}

/** Whether JSON text is nested deeper than `levels`: whoever walks through such an answer runs out of stack. */
export function isNestedDeeper(json: string, levels: number): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at);
    if (inText) {
      if (char === BACKSLASH) at++;
      else if (char === QUOTE) inText = false;
    } else if (char === QUOTE) inText = true;
    else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      if (++depth > levels) return true;
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth--;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function wrong(value: unknown, at: string, wanted: string): string {
  const found =
    value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : nameOfType(value);
  const part = at === '' ? 'it' : at;
  return typeof value === 'string' && wanted !== 'text' && found === 'text'
    ? `${part} is text that is not ${wanted}`
    : `${part} is ${found}, not ${wanted}`;
}

function nameOfType(value: unknown): string {
  const names: Record<string, string> = {
    object: 'an object',
    string: 'text',
    number: 'a number',
    boolean: 'a boolean',
  };
  return names[typeof value] ?? typeof value;
}
