import type { OperationContext } from '../model/context.js';
import type { ListedSecret, PresentSecret } from '../model/secrets.js';
import { callProvider } from '../provider/call.js';
import type { Secrets } from '../provider/secrets.js';
import { readSecrets, type SecretSubject } from './find-secrets.js';

/** What is set at the provider beside what the config names. A value that cannot be read on this computer is told, and no reason to stop. */
export async function listSecrets(
  subject: SecretSubject,
  secrets: Secrets,
  context: OperationContext,
): Promise<ListedSecret[]> {
  const { provider, spec, redactor } = subject;
  const found = await readSecrets(subject, context, { lenient: true });
  for (const { name } of found.entries) redactor.add(found.reveal(name));
  for (const message of found.unread ?? []) {
    context.emit({ type: 'notice', level: 'info', code: 'SECRET_NOT_COMPARED', message });
  }
  const request = { local: found.entries };
  const present = await callProvider(provider, 'secrets.list', () => secrets.list(spec, request, context));
  const declared = new Set(spec.secrets.map(({ name }) => name));
  const origins = new Map(found.entries.map(({ name, origin }) => [name, origin]));
  const known = new Set(present.map(({ name }) => name));
  const absent = [...declared].filter((name) => !known.has(name));
  const line = (secret: Omit<PresentSecret, 'state'> & Pick<ListedSecret, 'state'>): ListedSecret => {
    const origin = origins.get(secret.name) ?? null;
    const { local = 'unknown', ...rest } = secret;
    return { ...rest, fromConfig: declared.has(secret.name), origin, local: origin === null ? null : local };
  };
  return [
    ...present.map(line),
    ...absent.map((name) => line({ name, digest: null, updatedAt: null, state: 'absent', local: 'differs' })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}
