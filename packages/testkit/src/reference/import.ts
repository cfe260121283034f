import { SindriError, type Import, type ImportedConfig, type JsonObject } from '@sindri/core';
import { callOf } from './client.js';
import type { ReferencePlatform } from './platform.js';

/** What is there, or stands in a reference.json of ours, as a config. */
export function createImport(platform: ReferencePlatform): Import {
  return {
    files: ['reference.json'],
    fromFile: ({ text }) => toConfig('', settingsIn(text)),
    async fromPlatform(name, context) {
      const things = await platform.read(callOf(`GET /things?environment=${name}`, context), (all) =>
        all.filter(({ environment }) => environment === name),
      );
      if (things.some(({ type }) => type === 'machine')) return toConfig(name, things);
      const message = `There is no machine of "${name}".`;
      throw new SindriError({ code: 'REFERENCE_ABSENT', kind: 'refused', message });
    },
  };
}

interface Settled {
  type?: string;
  settings: JsonObject;
}

function toConfig(name: string, things: readonly Settled[]): ImportedConfig {
  const of = (wanted: string): JsonObject => things.find(({ type }) => type === wanted)?.settings ?? {};
  const { image, memoryMb, cpus, greeting, zone } = of('machine');
  const { sizeGb } = of('volume');
  const given = (key: string, value: unknown): JsonObject => (value === undefined ? {} : { [key]: value as string });
  return {
    config: {
      ...(name === '' ? {} : { name }),
      deployment: {
        provider: 'reference',
        ...given('image', image),
        resources: { ...(memoryMb === undefined ? {} : { memory: `${Number(memoryMb)}MB` }), ...given('cpus', cpus) },
        volumes: { workspace: sizeGb === undefined ? {} : { size: `${Number(sizeGb)}GB` } },
      },
      providers: {
        reference: { ...given('greeting', greeting), ...(zone === undefined ? {} : { zone: { name: zone } }) },
      },
    },
    remarks: [],
  };
}

function settingsIn(text: string): Settled[] {
  try {
    return JSON.parse(text) as Settled[];
  } catch (cause) {
    const message = 'The reference.json is no JSON.';
    throw new SindriError({ code: 'REFERENCE_FILE', kind: 'usage', message, cause });
  }
}
