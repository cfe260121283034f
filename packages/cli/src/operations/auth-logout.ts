import type { CredentialSource } from '@sindri/core';
import type { Shell } from '../shell.js';
import { openDoor, type SignInPlace } from './sign-in-doors.js';

export interface LogoutResult {
  schema: 'sindri.auth-logout/1';
  provider: string;
  /** Of the provider, for people. */
  title: string;
  /** Whether a sign-in was kept here. */
  removed: boolean;
  /** What still signs in; the first is used. */
  sources: CredentialSource[];
  /** What people have to know, one sentence each. */
  notes: string[];
}

/** Removes the sign-in that is kept here. What else signs in stays, and is told. */
export async function logout(shell: Shell, place: SignInPlace): Promise<LogoutResult> {
  const door = await openDoor(shell, place);
  const { provider, title } = door;
  return { schema: 'sindri.auth-logout/1', provider, title, ...(await door.signOut()) };
}
