import { coreError } from './error.js';
import { core } from './lazy.js';

/** What `npm view --json` prints when it fails. */
interface NpmFailure {
  error?: { code?: unknown; summary?: unknown };
}

const SOONER = { npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_retry_maxtimeout: '5000' };

/**
 * npm waits 10 s and then 60 s before it asks a registry again that did not answer, and says nothing meanwhile. Whoever has set one of the two
 * in the environment keeps both: npm refuses to ask at all when the first is longer than the second.
 */
export function tryAgainSooner(env: NodeJS.ProcessEnv): void {
  const isSet = Object.keys(env).some((name) => Object.hasOwn(SOONER, name.toLowerCase()));
  if (!isSet) Object.assign(env, SOONER);
}

/**
 * The framework takes every failure of npm for a package that does not exist. This asks npm what it was: the error itself where the
 * registry says that there is none, else `NPM_REGISTRY`.
 */
export async function whyNotFound(
  name: string,
  error: Error,
  { registry }: { registry: string | undefined },
): Promise<Error> {
  const { code, summary } = await npmFailure(name, registry);
  if (code === 'E404') return error;
  const signIn = code === 'E401' || code === 'E403';
  return coreError({
    code: 'NPM_REGISTRY',
    kind: signIn ? 'auth' : 'incomplete',
    message: signIn
      ? `npm's registry does not let you read ${name}: ${summary}`
      : `npm could not ask its registry for ${name}: ${summary}`,
    hint: signIn
      ? 'Sign in with `npm login`, or check which registry `npm config get registry` names.'
      : 'Nobody knows whether there is such a package. Check the network and `npm config get registry`, then run it again.',
    retryable: !signIn,
    cause: error,
  });
}

async function npmFailure(name: string, registry: string | undefined): Promise<{ code: string; summary: string }> {
  const args = ['view', name, 'name', '--json', '--loglevel=silent', '--fetch-retries=0'];
  if (registry !== undefined) args.push(`--registry=${registry}`);
  const { findTool, runTool } = core();
  try {
    const npm = await findTool('npm', process.env);
    if (npm === null) return { code: '', summary: 'there is no npm on the PATH' };
    const { exitCode, stdout } = await runTool(npm, args, { input: '', env: process.env, timeoutMs: 30_000 });
    if (exitCode === 0) return { code: '', summary: 'it did not answer, and does by now' };
    const { code, summary } = failureIn(stdout) ?? {};
    return { code: String(code ?? ''), summary: firstLine(summary) };
  } catch (error) {
    return { code: '', summary: (error as Error).message };
  }
}

/** A registry has a say in this text. */
function firstLine(text: unknown): string {
  const [line = ''] = typeof text === 'string' ? text.trim().split('\n') : [];
  return line === '' ? 'npm does not say why' : line.slice(0, 500);
}

function failureIn(stdout: string): NpmFailure['error'] {
  try {
    return (JSON.parse(stdout) as NpmFailure | null)?.error;
  } catch {
    return undefined;
  }
}
