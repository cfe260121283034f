/** Numbers from 0 to 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const INTRUDERS: readonly unknown[] = [
  null,
  {},
  [],
  [null],
  [[]],
  '',
  'text',
  '../../v1/apps/other',
  '\u0000\u001b]0;x\u0007',
  'a'.repeat(100_000),
  0,
  -1,
  1.5,
  1e308,
  true,
  false,
  { length: 7 },
  { then: 1 },
];

type Place = (string | number)[];

/** A copy of `value` in which one to three places, chosen at random, hold something else or nothing. */
export function mutateJson(value: unknown, random: () => number): unknown {
  let copy = structuredClone(value);
  for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
    const places = placesOf(copy);
    const place = places[Math.floor(random() * places.length)] ?? [];
    const intruder = structuredClone(INTRUDERS[Math.floor(random() * INTRUDERS.length)]);
    const last = place.at(-1);
    if (last === undefined) {
      copy = intruder;
      continue;
    }
    const holder = place.slice(0, -1).reduce((at: unknown, key) => (at as Record<string, unknown>)[key], copy);
    if (random() < 0.25 && !Array.isArray(holder)) delete (holder as Record<string, unknown>)[last];
    else (holder as Record<string, unknown>)[last] = intruder;
  }
  return copy;
}

/** Every place in a value, the value itself first. */
function placesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [place, ...keys.flatMap((key) => placesOf((value as Record<string, unknown>)[key], [...place, key]))];
}
