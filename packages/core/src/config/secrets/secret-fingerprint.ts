import { scrypt } from 'node:crypto';

const BYTES = 16;

/**
 * A mark that is equal for equal values of one secret in one environment, and differs between secrets and environments. Made
 * with scrypt, so that whoever sees it cannot try out many guesses at the value.
 */
export function fingerprintSecret(environment: string, name: string, value: string): Promise<string> {
  const salt = JSON.stringify(['sindri.secret/1', environment, name]);
  return new Promise((resolve, reject) => {
    scrypt(value, salt, BYTES, (error, key) => (error === null ? resolve(key.toString('base64url')) : reject(error)));
  });
}
