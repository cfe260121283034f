import type { SindriError } from '../model/errors.js';
import type { Intent, IntentName } from '../model/intent.js';
import type { JsonObject } from '../model/json.js';
import type { Plan } from '../model/plan.js';
import { coreError } from '../model/core-error.js';

/** An intent as a caller may give it: without a name it is a deploy, and other members may be there by accident. */
export type IntentOptions = Partial<Extract<Intent, { intent: 'deploy' }>> | Exclude<Intent, { intent: 'deploy' }>;

/** Takes from `options` what its intent says, and nothing else. Throws `PLAN_INVALID` for a name or a value it cannot have. */
export function readIntent(options: IntentOptions): Intent {
  const given = options as Readonly<Record<string, unknown>>;
  const name = given['intent'] ?? 'deploy';
  const read = readers[name as IntentName] as ((given: Readonly<Record<string, unknown>>) => Intent) | undefined;
  if (!Object.hasOwn(readers, name as string) || read === undefined) throw invalid(`There is no intent ${show(name)}.`);
  return read(given);
}

/** The intent that `plan` was made for. */
export function intentOf({ intent, keep, parameters }: Plan): Intent {
  return readIntent({ intent, ...(keep === undefined ? {} : { keep }), ...parameters } as IntentOptions);
}

/** What a plan says of its intent beside the name. */
export function describeIntent(intent: Intent): Pick<Plan, 'intent' | 'keep' | 'parameters'> {
  const { intent: name, keep, ...rest } = intent as Intent & { keep?: readonly string[] };
  const kept = [...new Set(keep ?? [])].sort();
  return {
    intent: name,
    ...(kept.length === 0 ? {} : { keep: kept }),
    ...(Object.keys(rest).length === 0 ? {} : { parameters: rest as JsonObject }),
  };
}

const readers: { [N in IntentName]: (given: Readonly<Record<string, unknown>>) => Extract<Intent, { intent: N }> } = {
  deploy: ({ adopt }) => ({ intent: 'deploy', ...adopting(adopt) }),
  destroy({ keep, adopt }) {
    if (keep === undefined) return { intent: 'destroy', ...adopting(adopt) };
    if (!Array.isArray(keep) || !keep.every((type) => typeof type === 'string')) {
      throw invalid(`"keep" must be a list of resource types, not ${show(keep)}.`);
    }
    return { intent: 'destroy', keep, ...adopting(adopt) };
  },
  'volume.extend'({ sizeGb, volume }) {
    if (typeof sizeGb !== 'number' || !Number.isFinite(sizeGb) || sizeGb <= 0) {
      throw invalid(`"sizeGb" must be a size in GB, not ${show(sizeGb)}.`);
    }
    return { intent: 'volume.extend', sizeGb, ...(volume === undefined ? {} : { volume: word('volume', volume) }) };
  },
  'volume.delete': ({ volume }) => ({ intent: 'volume.delete', volume: word('volume', volume) }),
  'snapshot.create': ({ volume }) => ({
    intent: 'snapshot.create',
    ...(volume === undefined ? {} : { volume: word('volume', volume) }),
  }),
  'snapshot.restore': ({ snapshot }) => ({ intent: 'snapshot.restore', snapshot: word('snapshot', snapshot) }),
  'snapshot.delete': ({ snapshot }) => ({ intent: 'snapshot.delete', snapshot: word('snapshot', snapshot) }),
  'key.admit'({ publicKey, comment }) {
    if (typeof publicKey !== 'string' || !PUBLIC_KEY.test(publicKey)) {
      throw invalid(`"publicKey" must be "type base64", not ${show(publicKey)}.`);
    }
    if (comment !== undefined && (typeof comment !== 'string' || /[\0-\x1f\x7f]/.test(comment))) {
      throw invalid(`"comment" must be one line, not ${show(comment)}.`);
    }
    return { intent: 'key.admit', publicKey, ...(comment === undefined ? {} : { comment }) };
  },
  'key.remove'({ fingerprint }) {
    if (typeof fingerprint !== 'string' || !/^SHA256:[A-Za-z0-9+/]{43}$/.test(fingerprint)) {
      throw invalid(`"fingerprint" must be "SHA256:…", not ${show(fingerprint)}.`);
    }
    return { intent: 'key.remove', fingerprint };
  },
  'secrets.set'({ set = [], unset = [], stage }) {
    const names = { set: secretNames('set', set), unset: secretNames('unset', unset) };
    const both = names.set.filter((name) => names.unset.includes(name));
    if (both.length > 0) throw invalid(`${both.join(', ')} cannot be set and removed at once.`);
    if (names.set.length + names.unset.length === 0) throw invalid('No secret is named.');
    return { intent: 'secrets.set', ...names, ...(stage === true ? { stage } : {}) };
  },
  'secrets.deploy': () => ({ intent: 'secrets.deploy' }),
  'secrets.protect'({ days }) {
    if (days === undefined) return { intent: 'secrets.protect' };
    if (typeof days !== 'number' || !Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
      throw invalid(`"days" must be a whole number from 1 to ${MOST_DAYS}, not ${show(days)}.`);
    }
    return { intent: 'secrets.protect', days };
  },
};

/** Credentials that nobody remembers in ten years should not work then. */
const MOST_DAYS = 3650;
const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

function secretNames(member: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw invalid(`"${member}" must be a list of names, not ${show(value)}.`);
  const bad = value.filter((name) => typeof name !== 'string' || !SECRET_NAME.test(name));
  if (bad.length > 0) {
    throw invalid(`No secret can be called ${bad.map(show).join(', ')}: letters, digits and _, and no digit in front.`);
  }
  return [...new Set(value as string[])].sort();
}

const PUBLIC_KEY = /^[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}$/;

/** A name or an id: something in one line, for it reaches paths and terminals. */
function word(member: string, value: unknown): string {
  if (typeof value === 'string' && /^[^\s\0-\x1f\x7f]{1,256}$/.test(value)) return value;
  throw invalid(`"${member}" must be a name, not ${show(value)}.`);
}

function adopting(adopt: unknown): { adopt?: true } {
  return adopt === true ? { adopt } : {};
}

function invalid(message: string): SindriError {
  return coreError({ code: 'PLAN_INVALID', kind: 'usage', message });
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
