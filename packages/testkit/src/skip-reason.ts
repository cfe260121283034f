import type { Provider } from '@sindri/core';
import type { PlatformCase, SubjectMember } from './conformance-case.js';
import { declaredCapabilities, declaredIntents, declaredModes, declaredPower } from './declared.js';
import type { PlatformlessSubject, Subject } from './subject.js';

const LACKS: Readonly<Record<SubjectMember, string>> = {
  otherImage: 'the subject knows no other image that could run',
  missingImage: 'the subject knows no image that is missing',
  crashingConfig: 'the subject knows no config whose environment ends right after its start',
};

/**
 * Why `item` is not run, `undefined` when it is. Only what the provider declares decides, and what the subject is made of:
 * nobody can switch a case off.
 */
export function skipReason(item: PlatformCase, subject: Subject | PlatformlessSubject): string | undefined {
  const undeclared = undeclaredReason(item, subject.create());
  if (undeclared !== undefined) return undeclared;
  if (!hasPlatform(subject)) return 'the package ships no conformance subject';
  if (item.needsPort === true && subject.unknownPort === true) return 'the subject knows no port that is served inside';
  const lacking = item.needsOfSubject?.find((member) => subject[member] === undefined);
  return lacking === undefined ? undefined : LACKS[lacking];
}

export function hasPlatform(subject: Subject | PlatformlessSubject): subject is Subject {
  return 'setup' in subject && typeof subject.setup === 'function';
}

function undeclaredReason(item: PlatformCase, provider: Provider): string | undefined {
  const { needs = [], needsPower, needsIntents = [], needsModes = [] } = item;
  const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' and ');
  const capabilities = declaredCapabilities(provider);
  const missing = needs.filter((capability) => !capabilities.includes(capability));
  if (missing.length > 0) return `the provider does not declare ${quoted(missing)}`;
  if (needsPower !== undefined && !declaredPower(provider).includes(needsPower)) {
    return `the provider has no "power.${needsPower}"`;
  }
  const intents = declaredIntents(provider);
  const unplanned = needsIntents.filter((intent) => !intents.includes(intent));
  if (unplanned.length > 0) return `the provider does not plan ${quoted(unplanned)}`;
  if (item.needsMethods === true && (provider.connectionMethods ?? []).length === 0) {
    return 'the provider declares no connection methods';
  }
  const offered = declaredModes(provider);
  const modes = needsModes.filter((mode) => !offered.includes(mode));
  return modes.length > 0 ? `the provider opens no session of the mode ${quoted(modes)}` : undefined;
}
