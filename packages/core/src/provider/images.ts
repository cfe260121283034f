import type { OperationContext } from '../model/context.js';
import type { JsonObject } from '../model/json.js';
import type { EnvironmentSpec } from '../model/spec.js';

/** How a platform comes by images. Every member may be left out. */
export interface Images<Options extends object = JsonObject> {
  /** What its images must run on: `linux/amd64`. Absent = it is the platform's own affair. */
  readonly platform?: string;
  /** The image for a spec that names none. Pure. Absent, or `null` = such a spec needs none. */
  defaultImage?(spec: EnvironmentSpec<Options>): string | null;
  /**
   * Whether names lead to registries here. `false` = whatever an image is called, the platform runs one of its own, as a local
   * emulator does: then nothing is asked of a registry, and nothing is verified.
   */
  fetches?(context: Pick<OperationContext, 'env'>): boolean;
  /**
   * What the platform has under a name already and would use without asking a registry: its digest there, or `null` when it was never in
   * one. `null` = the image would be fetched. Not called for a digest, nor with the pull policy `Always`.
   */
  present?(
    reference: string,
    spec: EnvironmentSpec<Options>,
    context: OperationContext,
  ): Promise<{ digest: string | null } | null>;
  /**
   * Present where the platform fetches without signing in, but from the registries of `credentials`: an image that only who is signed in
   * may read is then refused before anything is changed, and the hint says what one does instead.
   */
  readonly publicly?: { readonly hint: string };
  /** What signs in to a registry of the platform's own, `null` for every other host. */
  credentials?(host: string, context: OperationContext): Promise<{ username: string; password: string } | null>;
}
