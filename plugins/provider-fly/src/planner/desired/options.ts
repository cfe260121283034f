import type { EnvironmentSpec, JsonSchema } from '@sindri/core';
import { dedicatedIpv4Text } from '../prices/price-text.js';

/** `providers.fly`, every default filled in. A new key stands here, in the defaults and in the schema below. */
export type FlyOptions = {
  region: string;
  organization: string;
  cpuKind: 'shared' | 'performance';
  sshPort: number;
  /** `false` = no SSH inside TLS. */
  sshTlsPort: number | false;
  autoStopMachines: boolean;
  autoStartMachines: boolean;
  highAvailability: boolean;
  dedicatedIpv4: boolean;
  /** Days. */
  snapshotRetention: number;
  /** USD a month. */
  budget?: number;
  budgetFigure: 'always-on' | 'expected';
  appToken: boolean;
};

/** What holds when `providers.fly` says nothing. The schema repeats these, and a test keeps the two equal. */
export const defaultOptions: Readonly<FlyOptions> = {
  region: 'sjc',
  organization: 'personal',
  cpuKind: 'shared',
  sshPort: 10022,
  sshTlsPort: 443,
  autoStopMachines: true,
  autoStartMachines: true,
  highAvailability: false,
  dedicatedIpv4: false,
  snapshotRetention: 7,
  budgetFigure: 'always-on',
  appToken: false,
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
    sshTlsPort: {
      description:
        'The public port for SSH inside TLS, which also goes over the free shared IPv4: for networks that let only HTTPS through. ' +
        'false: none. What the config does not name comes to an existing machine with its next update.',
      anyOf: [{ type: 'integer', minimum: 1, maximum: 65535 }, { const: false }],
      default: defaultOptions.sshTlsPort,
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
        'Make a second machine like the first one, with a volume of its own on another host. Nothing copies files between the two: ' +
        'each has a home of its own.',
      type: 'boolean',
      default: defaultOptions.highAvailability,
    },
    dedicatedIpv4: {
      description:
        `Rent a dedicated IPv4 address (${dedicatedIpv4Text}), so that SSH works from networks without IPv6. ` +
        'An explicit false gives up one that exists.',
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
    budget: {
      description:
        'What the environment may cost in a month, in US dollars: a plan that leads to more is refused (exit 6). Absent = whatever it costs.',
      type: 'number',
      exclusiveMinimum: 0,
      examples: [15],
    },
    budgetFigure: {
      description:
        'What the budget is held against. always-on: the bill of a month in which the machine never sleeps, the most that it can be. expected: the bill with the hours that it is awake, measured or 8 on 22 days.',
      type: 'string',
      enum: ['always-on', 'expected'],
      default: defaultOptions.budgetFigure,
    },
    appToken: {
      description:
        'Give the machine a FLY_API_TOKEN of its own, which reaches only this app and ends by itself: extensions that are being ' +
        'installed then keep the machine awake. `sindri secrets protect` renews it.',
      type: 'boolean',
      default: defaultOptions.appToken,
    },
  },
};

/** The options of `spec`: what the schema has accepted, with the schema's defaults for what is not there. */
export function optionsOf({ options }: Pick<EnvironmentSpec<object>, 'options'>): FlyOptions {
  return { ...defaultOptions, ...(options as Partial<FlyOptions>) };
}

/** Whether the config asks for a second machine. */
export function wantsSecond(spec: Pick<EnvironmentSpec<object>, 'options'>): boolean {
  return optionsOf(spec).highAvailability;
}
