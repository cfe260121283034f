import type { Intent, IntentName } from '../model/intent.js';
import type { Provider } from './contract.js';
import { coreError } from '../model/core-error.js';

/** Every intent that `provider` plans: the two that all plan, and those of its capabilities. */
export function intentsOf({ volumes, snapshots, keys, secrets }: Provider): IntentName[] {
  const brought = [volumes, snapshots, keys, secrets].flatMap(
    (capability): readonly IntentName[] => capability?.intents ?? [],
  );
  return ['deploy', 'destroy', ...brought];
}

/** Throws `CAPABILITY_UNSUPPORTED` for an intent that the provider does not plan. */
export function requireIntent(provider: Provider, { intent }: Intent): void {
  const known = intentsOf(provider);
  if (known.includes(intent)) return;
  throw coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${provider.name}" cannot do "${intent}".`,
    hint: `It can: ${known.join(', ')}.`,
    details: { provider: provider.name, intent, intents: known, capabilities: [...provider.capabilities] },
  });
}
