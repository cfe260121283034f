import type { EmulatorClock } from './clock.js';
import type { Random } from './random.js';

/** Makes ids in the shapes Fly gives them. */
export interface Ids {
  /** 26 characters, sorts by time and, within one millisecond, by order of making: versions, events, request ids. */
  ulid(): string;
  /** 14 hex digits. */
  machine(): string;
  /** `vol_…` */
  volume(): string;
  /** `vs_…` */
  snapshot(): string;
  /** 12 lower-case letters and digits. */
  app(): string;
  hex(digits: number): string;
  uuid(): string;
  /** `quiet-river-4711`, for machines created without a name. */
  machineName(): string;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ADJECTIVES = ['quiet', 'small', 'bold', 'young', 'misty', 'late', 'green', 'long', 'silent', 'bright'];
const NOUNS = ['river', 'leaf', 'frost', 'moon', 'field', 'stone', 'cloud', 'pine', 'wave', 'dawn'];

export function createIds(random: Random, clock: EmulatorClock): Ids {
  let lastTime = 0;
  let lastSuffix: number[] = [];

  const pick = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  const word = (words: string[]): string => words[Math.floor(random() * words.length)] ?? 'plain';
  const hex = (digits: number): string => pick('0123456789abcdef', digits);

  return {
    ulid() {
      const now = Math.max(clock.now(), lastTime);
      lastSuffix =
        now === lastTime && lastSuffix.length > 0
          ? increment(lastSuffix)
          : // The first digit stays low, so that counting up within a millisecond cannot overflow.
            Array.from({ length: 16 }, (_, index) => Math.floor(random() * (index === 0 ? 16 : 32)));
      lastTime = now;
      return encodeTime(now) + lastSuffix.map((digit) => CROCKFORD[digit]).join('');
    },
    machine: () => hex(14),
    volume: () => `vol_${pick(LOWER, 16)}`,
    snapshot: () => `vs_${pick(LOWER, 16)}`,
    app: () => pick(LOWER, 12),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    machineName: () => `${word(ADJECTIVES)}-${word(NOUNS)}-${Math.floor(random() * 9000) + 1000}`,
  };
}

function encodeTime(ms: number): string {
  let text = '';
  for (let left = ms, index = 0; index < 10; index++, left = Math.floor(left / 32)) text = CROCKFORD[left % 32] + text;
  return text;
}

function increment(digits: number[]): number[] {
  const next = [...digits];
  for (let index = next.length - 1; index >= 0; index--) {
    const digit = (next[index] ?? 0) + 1;
    next[index] = digit % 32;
    if (digit < 32) break;
  }
  return next;
}
