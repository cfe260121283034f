import type { IntentName, Provider, SessionMode } from '@sindri/core';

const SESSION_MODES: readonly SessionMode[] = ['command', 'terminal'];
const POWER_MEMBERS = ['start', 'stop', 'suspend', 'restart'] as const;

/** A member of `power`. */
export type PowerMember = (typeof POWER_MEMBERS)[number];

export function declaredCapabilities({ capabilities }: Provider): string[] {
  return Array.isArray(capabilities) ? [...(capabilities as readonly string[])] : [];
}

/** The modes of sessions that the provider offers; none when it opens no sessions. */
export function declaredModes({ session, sessionModes }: Provider): SessionMode[] {
  if (session === undefined) return [];
  return [...(sessionModes ?? SESSION_MODES)];
}

/** The members of `power` that are there. */
export function declaredPower({ power }: Provider): PowerMember[] {
  return POWER_MEMBERS.filter((name) => power?.[name] !== undefined);
}

/** The intents that its capabilities bring, beside those that every provider plans. */
export function declaredIntents({ volumes, snapshots, keys }: Provider): IntentName[] {
  return [volumes, snapshots, keys].flatMap((member) => [...(member?.intents ?? [])]);
}
