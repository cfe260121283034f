import type { ImageRequest } from '@sindri/core';
import { tagForRequest } from '@sindri/image-contract';
import type { FlySpec } from '../../model.js';
import type { Finding } from './finding.js';

/** Whether the image can be had without building it or asking a registry. That references are well formed is core's to check. */
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
  } else if (image !== null && image.reference === null && image.request !== null) {
    findings.push(...versionFindings(image.request));
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

function versionFindings(request: ImageRequest): Finding[] {
  if (request.strategy === 'pin-to-cli') {
    return [
      {
        severity: 'error',
        code: 'FLY_IMAGE_VERSION',
        paths: ['deployment.image_config.resolution_strategy'],
        message: 'The strategy pin-to-cli needs an image for every version of this tool, and none are published.',
        hint: 'Use a version range with the strategy semver, or name a tag with tag_override.',
      },
    ];
  }
  if (tagForRequest(request) !== null) return [];
  return [
    {
      severity: 'error',
      code: 'FLY_IMAGE_VERSION',
      paths: ['deployment.image_config.version'],
      message: `No published tag stays within the version range "${request.version}", and exact versions are not looked up yet.`,
      hint: 'Use a caret or tilde range (^3.0.0, ~3.1.0), an exact version, or tag_override.',
    },
  ];
}
