import type { SampleConfig } from '@sindri/core';
import { defaultOptions } from './options.js';

/** A first config that Fly accepts: as much memory as can be suspended for sure, and the size of home most start with. */
export const flySample: SampleConfig = {
  memory: '2GB',
  cpus: 2,
  volume: '30GB',
  options: { region: defaultOptions.region },
};
