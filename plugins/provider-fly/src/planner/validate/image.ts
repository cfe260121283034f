import type { FlySpec } from '../../model.js';
import type { Finding } from './finding.js';

/** What Fly cannot do about images. That references are well formed, and what they lead to, is core's to find out. */
export function imageFindings({ image }: FlySpec): Finding[] {
  const findings: Finding[] = [];
  if (image !== null && image.pullPolicy !== null) {
    findings.push({
      severity: 'warning',
      code: 'FLY_PULL_POLICY',
      paths: ['deployment.image_config.pull_policy'],
      message:
        'A pull policy means nothing on Fly: the platform fetches the image whenever it makes or updates a machine.',
    });
  }
  return findings;
}
