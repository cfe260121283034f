import { hostname } from 'node:os';
import type { CredentialFacts, CredentialLock, SignInAttempt, SignInDoor } from '@sindri/core';
import { coreError } from '../error.js';
import { oneLine } from '../format/one-line.js';
import type { Prompts } from '../prompts.js';
import type { Shell } from '../shell.js';
import { hasBrowser, openAddress } from './open-address.js';
import { readCredential } from './read-credential.js';
import { openDoor, type SignInPlace } from './sign-in-doors.js';

export interface LoginRequest extends SignInPlace {
  /** Read a credential from standard input instead of opening a page. */
  withToken: boolean;
  /** What the credential is to be locked to. */
  lock: CredentialLock;
}

export interface LoginResult {
  schema: 'sindri.auth-login/1';
  provider: string;
  /** Of the provider, for people. */
  title: string;
  /** How the credential came. */
  by: 'browser' | 'stdin';
  facts: CredentialFacts;
  /** Where it is kept, for people. */
  keptIn: string;
  /** What comes before it, so that it is not used now. */
  overruledBy: string | null;
  /** What people have to know, one sentence each. */
  notes: string[];
}

/** What of the world around the login uses, beside the shell. */
export interface LoginWorld {
  computer: string;
  /** Whether the page would be seen here. */
  hasBrowser: boolean;
  open(url: string): Promise<boolean>;
}

/** Signs in: through a page in the browser, or with a credential from standard input. What was kept before stays when it fails. */
export async function login(shell: Shell, request: LoginRequest, world = worldOf(shell)): Promise<LoginResult> {
  const door = await openDoor(shell, request);
  const { provider, title } = door;
  const isLocked = Object.keys(request.lock).length > 0;
  const lock = isLocked ? { lock: request.lock } : {};
  const credential = request.withToken
    ? await readCredential(shell)
    : await signInByBrowser(shell, door, { computer: world.computer, ...lock }, world);
  const accepted = await door.accept(credential, isLocked ? request.lock : undefined);
  return { schema: 'sindri.auth-login/1', provider, title, by: request.withToken ? 'stdin' : 'browser', ...accepted };
}

function worldOf({ env }: Shell): LoginWorld {
  return { computer: hostname(), hasBrowser: hasBrowser(env), open: (url) => openAddress(url, env) };
}

async function signInByBrowser(
  shell: Shell,
  door: SignInDoor,
  request: { computer: string; lock?: CredentialLock },
  world: LoginWorld,
): Promise<string> {
  const { prompts } = shell;
  if (prompts === null) throw nobodyThere(door);
  const attempt = await door.begin(request);
  try {
    showPage(shell, door, attempt, world);
    return await approval(shell, prompts, attempt);
  } finally {
    await attempt.close();
  }
}

function showPage(shell: Shell, { title }: SignInDoor, { url, takesCode }: SignInAttempt, world: LoginWorld): void {
  const where = world.hasBrowser
    ? 'Your browser should open this page now; if it does not, open it yourself:'
    : 'There is no browser in this session. Open this page on any computer:';
  const then = takesCode
    ? 'Approve the sign-in there. This goes on by itself, or with the code that the page shows.'
    : 'Approve the sign-in there. This goes on by itself.';
  shell.say((style) =>
    [oneLine(`Signing in to ${title}. ${where}`), '', `  ${style.bold(url)}`, '', oneLine(then)].join('\n'),
  );
  // Whether a browser opened, the person sees; what to do when none did is said above.
  if (world.hasBrowser) void world.open(url);
}

/** What comes first: the page's own word, or a code that is typed in. */
async function approval(shell: Shell, prompts: Prompts, attempt: SignInAttempt): Promise<string> {
  const { credential } = attempt;
  if (!attempt.takesCode) return credential;
  const answered = new AbortController();
  const signal = AbortSignal.any([shell.signal, answered.signal]);
  const asking = askForCodes(shell, prompts, attempt, signal);
  try {
    // When nobody types anything more, the page can still answer.
    return await Promise.race([credential, asking.then(() => credential)]);
  } finally {
    answered.abort();
    await asking.catch(() => undefined);
  }
}

async function askForCodes(shell: Shell, prompts: Prompts, attempt: SignInAttempt, signal: AbortSignal): Promise<void> {
  for (;;) {
    const code = await prompts.text('Code (or wait for the page):', signal);
    if (code === null) return;
    if (code === '') continue;
    shell.redactor.add(code);
    const refusal = await attempt.submitCode(code);
    if (refusal === null) return;
    shell.say((style) => style.magenta(refusal));
  }
}

function nobodyThere({ title, variable, provider }: SignInDoor) {
  return coreError({
    code: 'SIGN_IN_NEEDS_PERSON',
    kind: 'usage',
    message: `To sign in to ${title} somebody has to open a page, and there is no terminal here to show it on.`,
    hint: `Send a token in (sindri auth login --with-token < FILE), or set ${variable}.`,
    details: { provider, variable },
  });
}
