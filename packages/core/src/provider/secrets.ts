import type { OperationContext } from '../model/context.js';
import type { IntentCapability } from '../model/intent.js';
import type { JsonObject } from '../model/json.js';
import type { PresentSecret } from '../model/secrets.js';
import type { EnvironmentSpec, SecretInfo } from '../model/spec.js';

/**
 * The secrets of an environment. Those of the config are set by a deploy; others are set by an act of their own, and a deploy leaves them
 * alone. One that was staged is seen by nothing inside until a `secrets.deploy`, or any update, has brought it there.
 */
export interface Secrets<Options extends object = JsonObject> extends IntentCapability<
  'secrets.set' | 'secrets.deploy' | 'secrets.protect'
> {
  /**
   * Every secret that is set, whoever has set it, sorted by name; and what was removed and is still in use. `local` has what this computer
   * would set. Does not wake a sleeping environment.
   */
  list(
    spec: EnvironmentSpec<Options>,
    request: { local: readonly SecretInfo[] },
    context: OperationContext,
  ): Promise<PresentSecret[]>;
}
