import type { ImportedConfig, ImportRemark } from '../model/imported.js';
import { misbehaved } from './call.js';
import type { Provider } from './contract.js';

const EFFECTS: readonly unknown[] = ['stays', 'changes', 'lost'] satisfies ImportRemark['effect'][];

/** Refuses what no config can be made of. Throws `PROVIDER_BROKEN`. */
export function requireImported(provider: Provider, method: string, value: ImportedConfig): ImportedConfig {
  const { config, remarks } = Object(value) as Partial<ImportedConfig>;
  const bad = (what: string) => misbehaved(provider, method, what);
  const { deployment } = Object(config) as { deployment?: { provider?: unknown } };
  if (Object(deployment).provider !== provider.name) {
    throw bad(`"config.deployment.provider" is not "${provider.name}".`);
  }
  const isRemark = (item: unknown): boolean => {
    const { subject, effect, message } = Object(item) as Partial<ImportRemark>;
    return typeof subject === 'string' && typeof message === 'string' && EFFECTS.includes(effect);
  };
  if (!Array.isArray(remarks) || !remarks.every(isRemark)) throw bad('"remarks" has not the shape of the contract.');
  return value;
}
