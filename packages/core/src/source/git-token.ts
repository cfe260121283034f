type Env = Readonly<Record<string, string | undefined>>;

const GITHUB = 'github.com';

/**
 * The token for the git repositories of a host, `null` for none. A config must not be able to send a token anywhere: `GITHUB_TOKEN` and
 * `GH_TOKEN` are for github.com alone, and `SINDRI_GIT_TOKEN` is for the host that `SINDRI_GIT_HOST` names, github.com without it.
 */
export function gitToken(host: string, env: Env): string | null {
  const own = valueOf('SINDRI_GIT_TOKEN', env);
  if (own !== null && host === (valueOf('SINDRI_GIT_HOST', env) ?? GITHUB).toLowerCase()) return own;
  return host === GITHUB ? (valueOf('GITHUB_TOKEN', env) ?? valueOf('GH_TOKEN', env)) : null;
}

/** The token for one repository: that of its host with the port in the address, else that of the host. */
export function gitTokenFor(repository: string, env: Env): string | null {
  const { host, hostname } = new URL(repository);
  return gitToken(host, env) ?? gitToken(hostname, env);
}

function valueOf(name: string, env: Env): string | null {
  const value = env[name]?.trim() ?? '';
  // Nothing else can stand in a header.
  return /^[\x21-\x7e]+$/.test(value) ? value : null;
}
