import type { JsonObject } from '../model/json.js';
import type { Observation } from '../model/observation.js';
import type { EnvironmentSpec } from '../model/spec.js';

/**
 * Building images from source. Present with the capability `builds`; all the rest of it happens in the members that are there anyway, for a
 * spec with {@link EnvironmentSpec.buildFromSource}, in which core has put the commit and the tag:
 *
 * - `observe` also looks whether there is an image under that tag. One that could not be looked for is `unobserved`.
 * - `plan` has a change with the action `prepare` where there is none, and what needs the image depends on it. An image that is there is
 *   used as it is.
 * - `apply` of that change builds, and returns when the image can be used. Its result has the `digest`. What was only there for the
 *   build is gone afterwards, however it has ended; what a killed run has left is removed by the next one.
 */
export interface Builds<
  Options extends object = JsonObject,
  Data extends object = JsonObject,
  Facts extends object = JsonObject,
> {
  /** Where the images that are built for this environment are kept: `registry.fly.io/my-app`. Pure. */
  repository(spec: EnvironmentSpec<Options>): string;
  /** The digest of the image of the spec's source as the observation has it; `null` = it must be built. Pure. */
  digest(spec: EnvironmentSpec<Options>, observation: Observation<Data, Facts>): string | null;
}
