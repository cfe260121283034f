import type { Artifact, EnvironmentSpec } from '@sindri/core';
import { toDesired } from '../desired/desired.js';
import { toFlyToml } from './fly-toml.js';
import { toMachineConfig } from './machine-config.js';
import { ownSecretNames } from '../secrets/secret-names.js';

/** The environment as a fly.toml for people and flyctl, and as the machine config that goes to the API. */
export function flyArtifacts(spec: EnvironmentSpec): Artifact[] {
  const desired = toDesired(spec);
  const config = toMachineConfig(desired, ownSecretNames(spec.secrets));
  return [
    { name: 'fly.toml', mediaType: 'application/toml', content: toFlyToml(desired) },
    { name: 'machine.json', mediaType: 'application/json', content: `${JSON.stringify(config, null, 2)}\n` },
  ];
}
