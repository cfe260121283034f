import type { Config } from '@oclif/core/interfaces';

/** What is installed here, and on what it runs. */
export interface VersionResult {
  schema: 'sindri.version/1';
  version: string;
  /** `v20.19.0`. */
  node: string;
  /** `linux-x64`. */
  platform: string;
  plugins: { name: string; version: string; type: string }[];
}

/** What a bug report needs. */
export function versionResult(config: Config): VersionResult {
  return {
    schema: 'sindri.version/1',
    version: config.version,
    node: process.version,
    platform: `${config.platform}-${config.arch}`,
    plugins: [...config.plugins.values()].map(({ name, version, type }) => ({ name, version, type })),
  };
}
