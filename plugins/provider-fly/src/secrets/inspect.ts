import type { SecretFinding } from '@sindri/core';
import { authorizedKeysVariable } from '@sindri/image-contract';
import { inspectAuthorizedKeys } from '@sindri/ssh';
import { tokenSecret } from '../model.js';

/** Looks at the values that Fly or a Sindri image reads itself. */
export function inspectSecret({ name, value }: { name: string; value: string }): SecretFinding {
  if (name === authorizedKeysVariable) return inspectAuthorizedKeys(value);
  if (name !== tokenSecret) return {};
  // What flyctl tells apart by the same beginnings: a macaroon is for an organization or an app, everything else for a person.
  const isMacaroon = /^(?:(?:FlyV1|Bearer)\s+)*(?:fm2|fm1r|fm1a)_/i.test(value.trim());
  return { facts: { token: isMacaroon ? 'macaroon' : 'personal' } };
}
