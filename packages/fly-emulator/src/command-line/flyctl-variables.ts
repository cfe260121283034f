import path from 'node:path';

/**
 * What points a flyctl at the local emulator, and at nothing else: its addresses and token, a directory of its own in the place of
 * `~/.fly`, and no calls home. In that directory flyctl keeps the state of its tunnels and the versions of secrets, which must not mix
 * with those of the account that it is used with otherwise.
 * @param directory where the emulator keeps its state
 * @param env the variables for any client of Fly
 */
export function flyctlVariables(directory: string, env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...env,
    // flyctl takes this one before FLY_API_TOKEN: one that is set already would win.
    FLY_ACCESS_TOKEN: env.FLY_API_TOKEN ?? '',
    FLY_CONFIG_DIR: path.join(directory, 'flyctl'),
    FLY_NO_UPDATE_CHECK: '1',
    FLY_SEND_METRICS: '0',
    FLY_SYNTHETICS_AGENT: '0',
    // The gateway listens for both; port 443 needs a privilege on most computers.
    FLY_WIRE_GUARD_WEBSOCKETS: 'false',
  };
}
