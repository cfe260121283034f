import type { OperationContext } from '../model/context.js';
import { isSindriError } from '../model/errors.js';
import type { ImageContext } from '../model/image.js';
import type { Provider } from '../provider/contract.js';
import type { ImagePolicy } from './policy.js';

/** What a source of images gets to know: also how the platform signs in to a registry of its own. */
export function imageContextFor({ images }: Provider, context: OperationContext): ImageContext {
  const credentials = images?.credentials;
  return credentials === undefined ? context : { ...context, credentials: (host) => credentials(host, context) };
}

/** The context with {@link OperationContext.imageDigest}, where the host looks images up. */
export function withImageDigest(
  provider: Provider,
  policy: ImagePolicy | null,
  context: OperationContext,
): OperationContext {
  if (policy === null) return context;
  const imageContext = imageContextFor(provider, context);
  return {
    ...context,
    async imageDigest(reference) {
      try {
        return (await policy.source.find({ reference }, imageContext)).digest;
      } catch (error) {
        if (isSindriError(error) && (error.code as string) === 'IMAGE_NOT_FOUND') return null;
        throw error;
      }
    },
  };
}
