import type { IntentName } from '../model/intent.js';
import { nearest } from '../nearest.js';
import { PROVIDER_API_VERSION, type Capability } from './contract.js';
import { SESSION_MODES } from './session-modes.js';

const NAME = /^[a-z][a-z0-9-]*$/;
/** `\p{Cc}`, which takes longer to look up: every command with a provider passes here. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const REQUIRED_METHODS = ['check', 'observe', 'plan', 'apply', 'summarize'] as const;

/** Every capability of this contract version. */
export const CAPABILITIES: readonly Capability[] = [
  'power',
  'session',
  'exec',
  'dial',
  'tunnelPeers',
  'sshTarget',
  'logs',
  'artifacts',
  'volumes',
  'snapshots',
  'keys',
  'secrets',
  'environments',
  'events',
  'hold',
  'diagnose',
  'cost',
  'regions',
  'signIn',
  'import',
  'builds',
];

/** Capabilities whose member is a function. */
const METHODS: readonly Capability[] = [
  'session',
  'exec',
  'dial',
  'sshTarget',
  'logs',
  'artifacts',
  'environments',
  'events',
  'hold',
  'diagnose',
  'cost',
  'regions',
];

/** Capabilities whose member is an object that names the intents it brings. */
const INTENTS: Partial<Record<Capability, { intents: readonly IntentName[]; methods: readonly string[] }>> = {
  volumes: { intents: ['volume.extend', 'volume.delete'], methods: [] },
  snapshots: { intents: ['snapshot.create', 'snapshot.restore', 'snapshot.delete'], methods: ['list'] },
  keys: { intents: ['key.admit', 'key.remove'], methods: ['list'] },
  secrets: { intents: ['secrets.set', 'secrets.deploy', 'secrets.protect'], methods: ['list'] },
};

/**
 * What is wrong with the outside of a provider: identity, members, and whether the declared capabilities and the members
 * present agree. Empty when nothing is. Each problem is one sentence that names the member. Runs no provider code.
 *
 * A capability that this contract version does not know is fine as long as its member is there: the provider may be newer.
 */
export function checkProviderShape(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`A provider must be an object, not ${describe(value)}.`];
  const provider = value as Record<string, unknown>;
  return [
    ...checkIdentity(provider),
    ...checkMethods(provider),
    ...checkOptionsSchema(provider['optionsSchema']),
    ...checkCapabilities(provider),
    ...checkConnectionMethods(provider['connectionMethods']),
    ...checkImages(provider['images']),
    ...checkData(provider),
  ];
}

function checkIdentity(provider: Record<string, unknown>): string[] {
  const problems: string[] = [];
  const { name, apiVersion, title } = provider;
  if (typeof name !== 'string' || !NAME.test(name)) {
    problems.push(`"name" must match ${NAME.source}, but it is ${describe(name)}.`);
  }
  if (apiVersion !== PROVIDER_API_VERSION) {
    problems.push(`"apiVersion" must be ${PROVIDER_API_VERSION}, but it is ${describe(apiVersion)}.`);
  }
  if (typeof title !== 'string' || title.trim() === '' || CONTROL.test(title)) {
    problems.push(`"title" must be a name for people, but it is ${describe(title)}.`);
  }
  return problems;
}

function checkMethods(provider: Record<string, unknown>): string[] {
  const problems: string[] = REQUIRED_METHODS.filter((method) => typeof provider[method] !== 'function').map(
    (method) => `"${method}" must be a function, but it is ${describe(provider[method])}.`,
  );
  for (const method of ['validate', 'inspectSecret']) {
    const member = provider[method];
    if (member === undefined || typeof member === 'function') continue;
    problems.push(`"${method}" must be a function or absent, but it is ${describe(member)}.`);
  }
  return problems;
}

function checkOptionsSchema(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return [`"optionsSchema" must be a JSON Schema object, but it is ${describe(schema)}.`];
  }
  const { type, additionalProperties } = schema as Record<string, unknown>;
  const problems: string[] = [];
  if (type !== 'object') problems.push(`"optionsSchema.type" must be "object", but it is ${describe(type)}.`);
  if (additionalProperties !== false) {
    problems.push('"optionsSchema.additionalProperties" must be false, or misspelt options pass unnoticed.');
  }
  return problems;
}

function checkCapabilities(provider: Record<string, unknown>): string[] {
  const declared: unknown = provider['capabilities'];
  if (!Array.isArray(declared) || !declared.every((item) => typeof item === 'string')) {
    return [`"capabilities" must be an array of capability names, but it is ${describe(declared)}.`];
  }
  const problems: string[] = [];
  const names = new Set<string>(declared);
  if (names.size !== declared.length) problems.push('"capabilities" names something twice.');
  for (const name of names) {
    if (provider[name] !== undefined) continue;
    const meant = isCapability(name) ? undefined : nearest(name, CAPABILITIES);
    const suggestion = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    problems.push(`The capability "${name}" is declared, but the member "${name}" is missing.${suggestion}`);
  }
  for (const name of CAPABILITIES) {
    if (provider[name] !== undefined && !names.has(name)) {
      problems.push(`The member "${name}" is present, but the capability "${name}" is not declared.`);
    }
  }
  for (const name of METHODS) {
    if (provider[name] !== undefined && typeof provider[name] !== 'function') {
      problems.push(`"${name}" must be a function, but it is ${describe(provider[name])}.`);
    }
  }
  if (provider['power'] !== undefined) problems.push(...checkPower(provider['power']));
  if (provider['signIn'] !== undefined) problems.push(...checkSignIn(provider['signIn']));
  if (provider['import'] !== undefined) problems.push(...checkImport(provider['import']));
  if (provider['builds'] !== undefined)
    problems.push(...checkObject('builds', provider['builds'], ['repository', 'digest']));
  if (provider['tunnelPeers'] !== undefined) {
    problems.push(...checkObject('tunnelPeers', provider['tunnelPeers'], ['list', 'remove']));
  }
  for (const [name, { intents, methods }] of Object.entries(INTENTS)) {
    const member = provider[name];
    if (member === undefined) continue;
    problems.push(...checkIntents(name, member, intents));
    for (const method of methods) {
      const value = (Object(member) as Record<string, unknown>)[method];
      if (typeof value !== 'function') {
        problems.push(`"${name}.${method}" must be a function, but it is ${describe(value)}.`);
      }
    }
  }
  if (provider['sessionModes'] !== undefined) problems.push(...checkSessionModes(provider));
  if (provider['instanceCapabilities'] !== undefined) problems.push(...checkInstanceCapabilities(provider));
  for (const name of ['forwardsAgent', 'secretFiles']) {
    const value = provider[name];
    if (value === undefined || typeof value === 'boolean') continue;
    problems.push(`"${name}" must be true, false or absent, but it is ${describe(value)}.`);
  }
  return problems;
}

const TAKE_INSTANCE = ['power', 'hold', 'sshTarget'];

function checkInstanceCapabilities(provider: Record<string, unknown>): string[] {
  const value = provider['instanceCapabilities'];
  if (!Array.isArray(value)) {
    return [`"instanceCapabilities" must be an array or absent, but it is ${describe(value)}.`];
  }
  return (value as unknown[]).flatMap((name) => {
    if (!TAKE_INSTANCE.includes(name as string)) {
      return [`"instanceCapabilities" may have ${TAKE_INSTANCE.join(', ')}, but it has ${describe(name)}.`];
    }
    return provider[name as string] === undefined
      ? [`"instanceCapabilities" has "${name as string}", but the member "${name as string}" is missing.`]
      : [];
  });
}

function checkIntents(member: string, value: unknown, known: readonly string[]): string[] {
  const intents = (value as { intents?: unknown } | null)?.intents;
  if (!Array.isArray(intents) || intents.length === 0) {
    return [`"${member}.intents" must name at least one of ${known.join(', ')}.`];
  }
  return intents
    .filter((intent) => !known.includes(intent as string))
    .map((intent) => `"${member}.intents" may have ${known.join(', ')}, but it has ${describe(intent)}.`);
}

function checkConnectionMethods(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [`"connectionMethods" must be an array or absent, but it is ${describe(value)}.`];
  const problems: string[] = [];
  const names = new Set<unknown>();
  for (const method of value as unknown[]) {
    const { name, title, needs } = (method ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || !NAME.test(name)) {
      problems.push(`A connection method must have a name that matches ${NAME.source}, not ${describe(name)}.`);
    } else if (name === 'auto' || name === 'api') {
      problems.push(`The connection method name "${name}" is core's.`);
    }
    if (names.has(name)) problems.push(`"connectionMethods" has ${describe(name)} twice.`);
    names.add(name);
    if (typeof title !== 'string' || title === '')
      problems.push(`The connection method ${describe(name)} has no title.`);
    if (needs !== null && typeof needs !== 'string') {
      problems.push(`"needs" of the connection method ${describe(name)} must be a phrase or null.`);
    }
  }
  return problems;
}

function checkImages(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null)
    return [`"images" must be an object or absent, but it is ${describe(value)}.`];
  const members = value as Record<string, unknown>;
  const methods = ['defaultImage', 'fetches', 'present', 'credentials'];
  const wrong = methods.filter((name) => members[name] !== undefined && typeof members[name] !== 'function');
  const problems = wrong.map(
    (name) => `"images.${name}" must be a function or absent, but it is ${describe(members[name])}.`,
  );
  const { platform, publicly } = members;
  if (publicly !== undefined && typeof (publicly as { hint?: unknown } | null)?.hint !== 'string') {
    problems.push(`"images.publicly" must have a hint or be absent, but it is ${describe(publicly)}.`);
  }
  if (platform === undefined || (typeof platform === 'string' && /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/.test(platform)))
    return problems;
  return [...problems, `"images.platform" must be like linux/amd64, but it is ${describe(platform)}.`];
}

function checkData({ sample, secretPatterns, requiredSecrets }: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if (sample !== undefined && (typeof sample !== 'object' || sample === null || Array.isArray(sample))) {
    problems.push(`"sample" must be an object or absent, but it is ${describe(sample)}.`);
  }
  const isPattern = (value: unknown): boolean => Object.prototype.toString.call(value) === '[object RegExp]';
  if (secretPatterns !== undefined && !(Array.isArray(secretPatterns) && secretPatterns.every(isPattern))) {
    problems.push('"secretPatterns" must be an array of regular expressions or absent.');
  }
  const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (requiredSecrets !== undefined && !isNames(requiredSecrets)) {
    problems.push('"requiredSecrets" must be an array of names of secrets or absent.');
  }
  return problems;
}

function checkPower(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`"power" must be an object, but it is ${describe(value)}.`];
  const power = value as Record<string, unknown>;
  const problems: string[] = [];
  if (typeof power['start'] !== 'function') {
    problems.push(`"power.start" must be a function, but it is ${describe(power['start'])}.`);
  }
  for (const method of ['stop', 'suspend', 'restart']) {
    if (power[method] === undefined || typeof power[method] === 'function') continue;
    problems.push(`"power.${method}" must be a function or absent, but it is ${describe(power[method])}.`);
  }
  if (power['stop'] === undefined && power['suspend'] === undefined) {
    problems.push('"power" must have "stop" or "suspend", but it has neither.');
  }
  return problems;
}

function checkSignIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`"signIn" must be an object, but it is ${describe(value)}.`];
  const member = value as Record<string, unknown>;
  const problems = ['begin', 'accept', 'status', 'signOut']
    .filter((method) => typeof member[method] !== 'function')
    .map((method) => `"signIn.${method}" must be a function, but it is ${describe(member[method])}.`);
  const { variable, locks, requireSource } = member;
  if (requireSource !== undefined && typeof requireSource !== 'function') {
    problems.push(`"signIn.requireSource" must be a function, but it is ${describe(requireSource)}.`);
  }
  if (typeof variable !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(variable)) {
    problems.push(`"signIn.variable" must be the name of an environment variable, but it is ${describe(variable)}.`);
  }
  if (!Array.isArray(locks) || !locks.every((lock) => lock === 'organization' || lock === 'app')) {
    problems.push('"signIn.locks" must be a list of "organization" and "app".');
  }
  return problems;
}

function checkImport(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`"import" must be an object, but it is ${describe(value)}.`];
  const { files, fromFile, fromPlatform } = value as Record<string, unknown>;
  const problems = Object.entries({ fromFile, fromPlatform })
    .filter(([, member]) => member !== undefined && typeof member !== 'function')
    .map(([name, member]) => `"import.${name}" must be a function or absent, but it is ${describe(member)}.`);
  if (fromFile === undefined && fromPlatform === undefined) {
    problems.push('"import" must have "fromFile" or "fromPlatform", but it has neither.');
  }
  const names: unknown[] = Array.isArray(files) ? files : [];
  const named = names.length > 0 && names.every((name) => typeof name === 'string' && /^[^/\\]+$/.test(name));
  if (fromFile !== undefined && !named) {
    problems.push('"import.files" must name the files that "import.fromFile" reads, without directories.');
  }
  return problems;
}

function checkObject(name: string, value: unknown, methods: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null)
    return [`"${name}" must be an object, but it is ${describe(value)}.`];
  const member = value as Record<string, unknown>;
  return methods
    .filter((method) => typeof member[method] !== 'function')
    .map((method) => `"${name}.${method}" must be a function, but it is ${describe(member[method])}.`);
}

function checkSessionModes({ session, sessionModes }: Record<string, unknown>): string[] {
  if (session === undefined) return ['"sessionModes" is present, but the member "session" is missing.'];
  if (!Array.isArray(sessionModes)) {
    return [`"sessionModes" must be an array of modes or absent, but it is ${describe(sessionModes)}.`];
  }
  if (sessionModes.length === 0) return ['"sessionModes" is empty: a session needs at least one mode.'];
  const problems = sessionModes
    .filter((mode) => !(SESSION_MODES as readonly unknown[]).includes(mode))
    .map((mode) => `"sessionModes" may have ${SESSION_MODES.join(' and ')}, but it has ${describe(mode)}.`);
  if (new Set(sessionModes).size !== sessionModes.length) problems.push('"sessionModes" names something twice.');
  return problems;
}

function isCapability(name: string): boolean {
  return (CAPABILITIES as readonly string[]).includes(name);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}
