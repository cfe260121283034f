import type {
  AcceptedCredential,
  CredentialFacts,
  CredentialSource,
  SignInAttempt,
  SignInStatus,
  SignOutResult,
} from '../model/sign-in.js';
import { misbehaved } from './call.js';
import type { Provider } from './contract.js';

/** Refuses an attempt that nobody could show to a person: its address is opened by a program of this computer. */
export function requireAttempt(provider: Provider, value: SignInAttempt): SignInAttempt {
  const { url, expiresAt, takesCode, credential, submitCode, close } = Object(value) as Partial<SignInAttempt>;
  const bad = (member: string) =>
    misbehaved(provider, 'signIn.begin', `"${member}" has not the shape of the contract.`);
  if (typeof url !== 'string' || !/^https?:\/\/[\x21-\x7e]+$/i.test(url) || !URL.canParse(url)) throw bad('url');
  if (typeof expiresAt !== 'number') throw bad('expiresAt');
  if (typeof takesCode !== 'boolean') throw bad('takesCode');
  if (typeof credential?.then !== 'function') throw bad('credential');
  if (typeof submitCode !== 'function') throw bad('submitCode');
  if (typeof close !== 'function') throw bad('close');
  return value;
}

/** Refuses an answer of `accept` that says nothing. */
export function requireAccepted(provider: Provider, value: AcceptedCredential): AcceptedCredential {
  const { facts, keptIn, overruledBy, notes } = Object(value) as Partial<AcceptedCredential>;
  const fault =
    faultOfFacts(facts) ??
    (!isText(keptIn)
      ? 'keptIn'
      : !(overruledBy === null || isText(overruledBy))
        ? 'overruledBy'
        : !isListOf(notes, isText)
          ? 'notes'
          : null);
  if (fault !== null) throw misbehaved(provider, 'signIn.accept', `"${fault}" has not the shape of the contract.`);
  return value;
}

/** Refuses a status that nobody could print. */
export function requireStatus(provider: Provider, value: SignInStatus): SignInStatus {
  const { sources, facts, problems } = Object(value) as Partial<SignInStatus>;
  const isProblem = (item: unknown): boolean => isText(Object(item).code) && isText(Object(item).message);
  const fault = !isListOf(sources, isSource)
    ? 'sources'
    : facts !== null && faultOfFacts(facts) !== null
      ? faultOfFacts(facts)
      : !isListOf(problems, isProblem)
        ? 'problems'
        : null;
  if (fault !== null) throw misbehaved(provider, 'signIn.status', `"${fault}" has not the shape of the contract.`);
  return value;
}

/** Refuses an answer of `signOut` that says nothing. */
export function requireSignOut(provider: Provider, value: SignOutResult): SignOutResult {
  const { removed, sources, notes } = Object(value) as Partial<SignOutResult>;
  const fault =
    typeof removed !== 'boolean'
      ? 'removed'
      : !isListOf(sources, isSource)
        ? 'sources'
        : !isListOf(notes, isText)
          ? 'notes'
          : null;
  if (fault !== null) throw misbehaved(provider, 'signIn.signOut', `"${fault}" has not the shape of the contract.`);
  return value;
}

function faultOfFacts(value: unknown): string | null {
  const { kind, accepted, user, reaches, expiresAt } = Object(value) as Partial<CredentialFacts>;
  if (!isText(kind)) return 'facts.kind';
  if (accepted !== null && typeof accepted !== 'boolean') return 'facts.accepted';
  if (user !== null && !isText(user)) return 'facts.user';
  if (expiresAt !== null && !isText(expiresAt)) return 'facts.expiresAt';
  const isReach = (item: unknown): boolean => {
    const { organization, apps } = Object(item) as { organization?: unknown; apps?: unknown };
    return isText(organization) && (apps === null || isListOf(apps, isText));
  };
  return reaches === null || isListOf(reaches, isReach) ? null : 'facts.reaches';
}

function isSource(value: unknown): boolean {
  const { kind, origin, problem } = Object(value) as Partial<CredentialSource>;
  return isText(kind) && isText(origin) && (problem === null || isText(problem));
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
