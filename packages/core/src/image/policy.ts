import type { ImageSource } from '../model/image.js';
import type { ImageLock } from './lock.js';

/** How a host wants images to be found and judged. */
export interface ImagePolicy {
  /** Where they are looked up. Without one, nothing is resolved: providers get what the config says. */
  source: ImageSource;
  /** Use images although nobody has verified them; the plan says so. Default false. */
  skipVerification?: boolean;
  /** Only what sindri.lock knows. Default false. */
  frozen?: boolean;
  /** Verify also what the config wants no verification of, by the defaults. Default false. */
  verifyAlways?: boolean;
  /** What is remembered of earlier deploys. Default: the sindri.lock beside the config file, nothing without a file. */
  lock?: () => Promise<ImageLock>;
  /** For the strategy `pin-to-cli`. */
  toolVersion?: string;
}
