import type { FlySpec } from '../../model.js';
import type { Finding } from './finding.js';

/** What Fly cannot do about images. That references are well formed, and what they lead to, is core's to find out. */
export function imageFindings({ image, buildFromSource }: FlySpec): Finding[] {
  const findings: Finding[] = [];
  if (buildFromSource !== undefined) {
    findings.push({
      severity: 'warning',
      code: 'FLY_SOURCE_BUILD',
      paths: ['deployment.buildFromSource.enabled', 'deployment.buildFromSource'],
      message: 'Fly images cannot be built from source yet: plan and deploy will refuse.',
      hint: 'Name a published image with `image`, or take buildFromSource out.',
    });
  }
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
