/** Sindri's own repository, and what is in it: used where a config says nothing else. */
export const sindriSource = {
  repository: 'https://github.com/pacphi/sindri.git',
  /** Compiles everything that it needs; the other Dockerfile fetches a release. */
  dockerfile: 'v3/Dockerfile.dev',
  /** The line of releases that has this Dockerfile. */
  major: 3,
} as const;
