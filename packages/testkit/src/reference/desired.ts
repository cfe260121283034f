import type { EnvironmentSpec, JsonObject, SecretInfo } from '@sindri/core';
import { REFERENCE_IMAGES } from './images.js';
import type { Thing } from './platform.js';

/** What should exist, in the platform's words. */
export interface DesiredThing {
  /** Also the id of the observed resource, and the start of the ids of its changes. */
  id: string;
  type: Thing['type'];
  name: string;
  settings: JsonObject;
  /** Fields that cannot be changed: another value makes the thing anew. */
  fixed?: readonly string[];
  /** Ids of the things that must exist before it. */
  needs: string[];
}

export const OPTIONS_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    greeting: { type: 'string', default: 'hello', description: 'What the machine says when it starts.' },
    zone: {
      type: 'object',
      additionalProperties: false,
      properties: { name: { type: 'string', default: 'here' } },
    },
  },
};

/** The one place that says what a spec means. Pure: both `plan` and `artifacts` come from it. */
export function toDesired(spec: EnvironmentSpec, secrets: readonly SecretInfo[]): DesiredThing[] {
  const volume: DesiredThing = {
    id: 'volume:home',
    type: 'volume',
    name: 'home',
    settings: { sizeGb: spec.workspace.sizeGb ?? 10 },
    needs: [],
  };
  const entries: DesiredThing[] = secrets.map(({ name, fingerprint }) => ({
    id: `secret:${name}`,
    type: 'secret',
    name,
    // Never the value: this goes into observations and plans.
    settings: { fingerprint },
    needs: [],
  }));
  const machine: DesiredThing = {
    id: 'machine:main',
    type: 'machine',
    name: 'main',
    settings: {
      image: spec.image?.reference ?? REFERENCE_IMAGES.usual,
      memoryMb: spec.resources.memoryMb ?? 1024,
      cpus: spec.resources.cpus ?? 1,
      greeting: (spec.options['greeting'] as string | undefined) ?? 'hello',
      zone: ((spec.options['zone'] as JsonObject | undefined)?.['name'] as string | undefined) ?? 'here',
    },
    fixed: ['zone'],
    needs: [volume.id, ...entries.map(({ id }) => id)],
  };
  return [volume, ...entries, machine];
}
