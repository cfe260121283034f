import type { CredentialFacts, CredentialSource } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { LoginResult } from '../operations/auth-login.js';
import type { LogoutResult } from '../operations/auth-logout.js';
import type { AuthStatusResult, ProviderSignIn } from '../operations/auth-status.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';
import { oneLine } from './one-line.js';

/** Who is signed in from now on, for what, and where that is kept. */
export function formatLogin(result: LoginResult, style: Style, local: boolean): string {
  const { title, by, facts, keptIn, overruledBy, notes } = result;
  // Whoever approved it in the browser is the platform's own witness.
  const isSignedIn = by === 'browser' || facts.accepted === true;
  const lines = [...factLines(facts), ['kept in', plainText(keptIn)] as const];
  return [
    isSignedIn
      ? `${style.green('✓')} Signed in to ${style.bold(plainText(title))}.`
      : `${style.magenta('?')} The token for ${style.bold(plainText(title))} is kept. Whether it works is not known.`,
    ...table(lines, style),
    ...noteLines([...notes, ...(overruledBy === null ? [] : [overruled(overruledBy, local)])], style),
  ].join('\n');
}

/** Each provider with what signs in there. */
export function formatAuthStatus(
  { providers }: AuthStatusResult,
  style: Style,
  local: boolean,
  next: NextCommand = plainCommand,
): string {
  return providers.map((provider) => formatProvider(provider, style, local, next)).join('\n\n');
}

/** What is gone, and what still signs in. */
export function formatLogout({ title, removed, sources, notes }: LogoutResult, style: Style, local: boolean): string {
  const name = style.bold(plainText(title));
  const [first] = sources;
  const left =
    first === undefined
      ? removed
        ? 'Nobody is signed in any more.'
        : 'Nobody is signed in.'
      : `Still signed in by ${originOf(first, local)}${removeHint(first, local)}.`;
  return [
    removed ? `${style.green('✓')} Signed out of ${name}.` : `No sign-in to ${name} was kept here.`,
    `  ${oneLine(left)}`,
    ...noteLines(notes, style),
  ].join('\n');
}

function formatProvider(status: ProviderSignIn, style: Style, local: boolean, next: NextCommand): string {
  const { title, signedIn, sources, facts, problems } = status;
  const [first, ...others] = sources;
  const mark = signedIn === true ? style.green('✓') : signedIn === false ? style.red('✗') : style.magenta('?');
  const verdict =
    signedIn === true
      ? 'signed in'
      : signedIn === null
        ? 'cannot tell'
        : first === undefined
          ? 'not signed in'
          : 'refused';
  const help = first === undefined ? [`  Sign in: ${next('auth login')}`] : [];
  return [
    `${mark} ${style.bold(plainText(title))}: ${verdict}`,
    ...table(
      [
        ...(first === undefined ? [] : [['from', originOf(first, local)] as const]),
        ...(facts === null ? [] : factLines(facts)),
        ...others.map((other) => ['not used', originOf(other, local)] as const),
      ],
      style,
    ),
    ...problems.flatMap(({ message, hint }) => [
      `  ${oneLine(plainText(message))}`,
      ...(hint === undefined ? [] : [`  ${oneLine(plainText(`Hint: ${hint}`))}`]),
    ]),
    ...help,
  ].join('\n');
}

function factLines({ kind, user, reaches, expiresAt }: CredentialFacts): (readonly [string, string])[] {
  const may =
    reaches === null
      ? ['not known']
      : reaches.length === 0
        ? ['nothing']
        : reaches.map(({ organization, apps }) =>
            apps === null ? `organization ${organization}` : `${apps.join(', ')} in organization ${organization}`,
          );
  return [
    ['kind', plainText(kind)],
    ['whose', plainText(user ?? 'not known')],
    ...may.map((text, index) => [index === 0 ? 'may use' : '', plainText(text)] as const),
    ['expires', plainText(expiresAt ?? 'not known')],
  ];
}

const NAME_WIDTH = 9;

function table(lines: readonly (readonly [name: string, value: string])[], style: Style): string[] {
  return lines.map(([name, value]) => `  ${style.dim(name.padEnd(NAME_WIDTH))}${oneLine(value)}`);
}

function noteLines(notes: readonly string[], style: Style): string[] {
  return notes.map((note) => `  ${style.magenta('!')} ${oneLine(plainText(note))}`);
}

function overruled(origin: string, local: boolean): string {
  return local
    ? 'With --local every command uses the token of the local emulator itself, not this one.'
    : `${origin} is set and comes before it: unset it to use this sign-in.`;
}

/** With --local the variables are not those of this person, but the way to the local emulator. */
function originOf({ kind, origin }: CredentialSource, local: boolean): string {
  return `${plainText(origin)}${local && kind === 'environment' ? ' of the local emulator' : ''}`;
}

function removeHint({ kind }: CredentialSource, local: boolean): string {
  return kind === 'environment' && !local ? ': unset it to be signed out' : '';
}
