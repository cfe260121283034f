/**
 * Profiles that some version of the environment image knows: those of 3.x, and `ai-dev` and `visionflow-*` of 2.x. The image
 * has the last word, so an unknown name is worth a warning, not more.
 */
export const KNOWN_PROFILES: readonly string[] = [
  'minimal',
  'fullstack',
  'anthropic-dev',
  'systems',
  'enterprise',
  'devops',
  'mobile',
  'ai-dev',
  'visionflow-core',
  'visionflow-data-scientist',
  'visionflow-creative',
  'visionflow-full',
];

/** What dialect 1.0 installs when the config names neither a profile nor extensions. */
export const DEFAULT_PROFILE = 'minimal';
