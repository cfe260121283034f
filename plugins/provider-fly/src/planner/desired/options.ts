import type { EnvironmentSpec, JsonSchema } from '@sindri/core';

/** `providers.fly`, every default filled in. */
export interface FlyOptions {
  region: string;
  organization: string;
  cpuKind: 'shared' | 'performance';
  sshPort: number;
  autoStopMachines: boolean;
  autoStartMachines: boolean;
  highAvailability: boolean;
  dedicatedIpv4: boolean;
  /** Days. */
  snapshotRetention: number;
}

/** What holds when `providers.fly` says nothing. The schema repeats these, and a test keeps the two equal. */
export const defaultOptions: Readonly<FlyOptions> = {
  region: 'sjc',
  organization: 'personal',
  cpuKind: 'shared',
  sshPort: 10022,
  autoStopMachines: true,
  autoStartMachines: true,
  highAvailability: false,
  dedicatedIpv4: false,
  snapshotRetention: 7,
};

/** JSON Schema of `providers.fly`. */
export const flyOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Fly.io options',
  description: 'How the environment runs on Fly.io. Everything has a default.',
  type: 'object',
  additionalProperties: false,
  properties: {
    region: {
      description: 'Three-letter code of the Fly region where machine and volume live, such as sjc, iad, ams or nrt.',
      type: 'string',
      default: defaultOptions.region,
      examples: ['sjc', 'iad', 'ams', 'nrt'],
    },
    organization: {
      description: 'Slug of the Fly organization that owns and pays for the app.',
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9-]*$',
      default: defaultOptions.organization,
    },
    cpuKind: {
      description:
        'shared: cheaper, bursts, 256 to 2048 MB of memory per CPU. performance: a whole core, 2048 to 8192 MB per CPU.',
      type: 'string',
      enum: ['shared', 'performance'],
      default: defaultOptions.cpuKind,
    },
    sshPort: {
      description: 'The public TCP port for SSH.',
      type: 'integer',
      minimum: 1024,
      maximum: 65535,
      default: defaultOptions.sshPort,
    },
    autoStopMachines: {
      description:
        'Let Fly suspend the machine when nobody is connected. Above 2 GB of memory Fly may stop it instead, and memory is lost.',
      type: 'boolean',
      default: defaultOptions.autoStopMachines,
    },
    autoStartMachines: {
      description: 'Let an incoming connection wake the machine.',
      type: 'boolean',
      default: defaultOptions.autoStartMachines,
    },
    highAvailability: {
      description:
        'Accepted for compatibility: one machine is made whatever it says, because Fly volumes are not shared between machines.',
      type: 'boolean',
      default: defaultOptions.highAvailability,
    },
    dedicatedIpv4: {
      description:
        'Rent a dedicated IPv4 address ($2 a month), so that SSH works from networks without IPv6. An explicit false gives up one that exists.',
      type: 'boolean',
      default: defaultOptions.dedicatedIpv4,
    },
    snapshotRetention: {
      description: 'How many days Fly keeps the daily snapshots of the volume.',
      type: 'integer',
      minimum: 1,
      maximum: 60,
      default: defaultOptions.snapshotRetention,
    },
  },
};

/**
 * The options of `spec`. Values of a wrong type count as absent: the schema has refused them before, and nothing that runs
 * ahead of validation should fail over them.
 */
export function readOptions(spec: EnvironmentSpec): FlyOptions {
  const given = spec.options as Record<string, unknown>;
  const result: Record<string, unknown> = { ...defaultOptions };
  for (const [key, fallback] of Object.entries(defaultOptions)) {
    if (typeof given[key] === typeof fallback) result[key] = given[key];
  }
  if (result['cpuKind'] !== 'performance') result['cpuKind'] = 'shared';
  return result as unknown as FlyOptions;
}
