/**
 * Resource ids of an observation, and the prefix of change ids (`volume:home_data:create`). An observed resource and every
 * change to it carry the same `type` (the id's first word) and `name` (app name, volume name, or the *wanted* machine name
 * `<app>-1`, also for an adopted machine that is called otherwise): core refuses a change to what could not be read by these.
 * Those of a second machine and its volume are there where the config asks for one, or where there is one.
 */
export const resourceIds = {
  app: 'app',
  ips: 'ips',
  secrets: 'secrets',
  volume: (name: string) => `volume:${name}`,
  machine: (name: string) => `machine:${name}`,
  image: (tag: string) => `image:${tag}`,
} as const;

/** Metadata keys on a machine. The `sindri_…` ones are ours, the others are flyctl's and keep it working on our machines. */
export const metadataKeys = {
  environment: 'sindri_env',
  specHash: 'sindri_spec_hash',
  launchId: 'sindri_launch_id',
  /** A mark of the value of each secret of the config as it was set last (see `secretsHash`). */
  secretsHash: 'sindri_secrets_hash',
  /** A mark of the digest of each as the platform reported it then: shows a change made elsewhere. */
  secretsDigest: 'sindri_secrets_digest',
  /** The names of the secrets that the last deploy set, comma-joined: one that has left the config is unset. Written by `plan`. */
  secretNames: 'sindri_secrets',
  /** The public keys that Sindri has put into AUTHORIZED_KEYS last, `type base64 comment`, one per line. */
  authorizedKeys: 'sindri_authorized_keys',
  /** The platform's digest of AUTHORIZED_KEYS then: with another one, the keys in it are not known. */
  keysDigest: 'sindri_keys_digest',
  /** Names of secrets that were set since the last update of the machine and are not in it, comma-joined; `-NAME@MS` for one that was removed, with the moment when the machine had got its secrets then. */
  stagedSecrets: 'sindri_secrets_staged',
  /** The version that Fly gave those: the next update waits for it. */
  secretsVersion: 'sindri_secrets_version',
  /** When the FLY_API_TOKEN that Sindri has minted stops working, ISO 8601. */
  tokenExpires: 'sindri_token_expires',
  /** The id of the machine whose place this one has taken with a restored volume: that one is on its way out. */
  replaces: 'sindri_replaces',
  /** On a machine that builds an image, in place of the environment's mark: the environment that it builds for. */
  builder: 'sindri_builder',
  /** `second` on the second machine of an environment with `highAvailability`. */
  instance: 'sindri_instance',
  platformVersion: 'fly_platform_version',
  processGroup: 'fly_process_group',
  flyctlVersion: 'fly_flyctl_version',
} as const;

/**
 * The secret that marks an app as ours. It is set with the first secrets of an environment, stays for as long as the app does, and
 * everybody who may see the app sees its name. Its value, the environment's name, is for what runs inside.
 */
export const markSecret = 'SINDRI_ENVIRONMENT';

/** The secret that holds a token for what runs inside. */
export const tokenSecret = 'FLY_API_TOKEN';
