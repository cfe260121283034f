import type { AskVault, VaultAnswer, VaultQuestion } from '../../model/secrets.js';
import type { SecretSpec } from '../../model/spec.js';
import type { SecretLookup } from './secret-sources.js';

/** Answers for `vault` secrets; several keys of one path are one question. */
export type VaultLookup = (secret: SecretSpec) => Promise<SecretLookup>;

const DEFAULT_MOUNT = 'secret';

export function createVaultLookup(ask: AskVault, context: Parameters<AskVault>[1]): VaultLookup {
  const answers = new Map<string, Promise<VaultAnswer>>();
  const answerTo = (question: VaultQuestion): Promise<VaultAnswer> => {
    const key = JSON.stringify([question.mount, question.path]);
    const known = answers.get(key) ?? ask(question, context);
    answers.set(key, known);
    return known;
  };
  return async ({ name, settings }) => {
    const { vaultPath, vaultKey, vaultMount = DEFAULT_MOUNT } = settings as Record<string, string>;
    const where = `${vaultMount}/${vaultPath}#${vaultKey}`;
    const answer = await answerTo({ mount: String(vaultMount), path: String(vaultPath) });
    if (answer.status === 'failed')
      return { status: 'broken', message: `${name}: ${where} cannot be read: ${answer.reason}.` };
    if (answer.status === 'missing') return { status: 'missing', lookedIn: [`${where} (${answer.reason})`] };
    const key = String(vaultKey);
    const value = Object.hasOwn(answer.data, key) ? answer.data[key] : undefined;
    if (value === undefined || value === null) {
      return { status: 'missing', lookedIn: [`${where} (no such key)`] };
    }
    if (typeof value !== 'string') {
      return { status: 'broken', message: `${name}: the value of ${where} is no text; keep it as a string there.` };
    }
    if (value === '') return { status: 'missing', lookedIn: [`${where} (empty)`] };
    return { status: 'found', value, origin: where, file: null, elsewhere: `${where} (${answer.place})` };
  };
}
