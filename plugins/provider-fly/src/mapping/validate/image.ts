import type { EnvironmentSpec, ImageRequest } from '@sindri/core';
import { isImageReference, tagForRequest } from '../image.js';
import type { Finding } from './finding.js';

/** The image reference, and whether a version request can be served without asking a registry. */
export function imageFindings(spec: EnvironmentSpec): Finding[] {
  const { image } = spec;
  if (image === null) return [];
  const findings: Finding[] = [];
  if (image.reference !== null && !isImageReference(image.reference)) {
    findings.push({
      severity: 'error',
      code: 'FLY_IMAGE_REFERENCE',
      paths: ['deployment.image', 'deployment.image_config.registry'],
      message: `"${image.reference}" is not an image reference.`,
      hint: 'Expected something like ghcr.io/pacphi/sindri:3.0.0 (repository in lower case).',
    });
  }
  if (image.reference === null && image.request !== null) findings.push(...versionFindings(image.request));
  if (image.pullPolicy !== null) {
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
  const tag = tagForRequest(request);
  if (tag === null) {
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
  if (!isImageReference(`${request.registry}:${tag}`)) {
    return [
      {
        severity: 'error',
        code: 'FLY_IMAGE_REFERENCE',
        paths: ['deployment.image_config.registry'],
        message: `"${request.registry}:${tag}" is not an image reference.`,
        hint: 'registry is the full repository, such as ghcr.io/pacphi/sindri.',
      },
    ];
  }
  return [];
}
