import { markSecret, type FlySpec } from '../../model.js';
import { ownVariables } from '../config/own-variables.js';
import type { Finding } from './finding.js';

/** Variables that Fly itself sets in every machine. The token of an app (`FLY_API_TOKEN`) is not among them. */
const flyVariables: ReadonlySet<string> = new Set([
  'FLY_ALLOC_ID',
  'FLY_APP_NAME',
  'FLY_IMAGE_REF',
  'FLY_MACHINE_ID',
  'FLY_MACHINE_VERSION',
  'FLY_PRIVATE_IP',
  'FLY_PUBLIC_IP',
  'FLY_REGION',
  'FLY_VM_MEMORY_MB',
]);

/** Secrets are variables of the machine: one must not have the name of a variable that is set anyway, nor that of our mark. */
export function secretFindings({ secrets }: FlySpec): Finding[] {
  return secrets.flatMap(({ name }, index): Finding[] => {
    const whose = reservedSecret(name);
    if (whose === null) return [];
    return [
      {
        severity: 'error',
        code: 'FLY_SECRET_NAME',
        paths: [`secrets[${index}].name`],
        message: `No secret can be called ${name}: ${whose}.`,
        hint: 'Give it another name.',
      },
    ];
  });
}

/** Why a secret cannot have this name, `null` = it can. */
export function reservedSecret(name: string): string | null {
  if (name === markSecret) return 'Sindri marks its apps with a secret of that name';
  if (ownVariables.has(name)) return 'Sindri sets that variable itself';
  return flyVariables.has(name) ? 'Fly.io sets that variable itself' : null;
}
