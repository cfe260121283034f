import type { Artifact } from '@sindri/core';
import type { FlySpec } from '../../model.js';
import { settle } from '../desired/desired.js';
import { refuseUnknownImage } from '../plan/refusals.js';
import { toFlyToml } from './fly-toml.js';
import { toMachineConfig } from './machine-config.js';
import { ownSecretNames } from '../secrets/secret-names.js';

/** The environment as a fly.toml for people and flyctl, and as the machine config that goes to the API. Throws `FLY_IMAGE_VERSION`. */
export function flyArtifacts(spec: FlySpec): Artifact[] {
  const desired = settle(spec);
  refuseUnknownImage(desired);
  const config = toMachineConfig(desired, ownSecretNames(desired.secretNames));
  return [
    { name: 'fly.toml', mediaType: 'application/toml', content: toFlyToml(desired) },
    { name: 'machine.json', mediaType: 'application/json', content: `${JSON.stringify(config, null, 2)}\n` },
  ];
}
