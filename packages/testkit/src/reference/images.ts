/** The images of the reference platform's registry, and one that is not in it. */
export const REFERENCE_IMAGES = {
  usual: 'reference/image:1',
  other: 'reference/image:2',
  /** Its main process ends at once. */
  crashing: 'reference/crashing:1',
  missing: 'reference/missing:1',
} as const;

/** Whether the registry has it. */
export function isInRegistry(image: string): boolean {
  return image !== REFERENCE_IMAGES.missing;
}

/** Whether a machine made from it is still there a moment later. */
export function keepsRunning(image: string): boolean {
  return image !== REFERENCE_IMAGES.crashing;
}
