import type { Hook } from '@oclif/core/interfaces';
import { typedName } from '../typed-name.js';

/**
 * Help, examples and the emulator's commands spell the program by `config.bin`. What is kept in files goes by
 * its proper name.
 */
const hook: Hook<'init'> = async function ({ id, config }) {
  if (id !== undefined && /^plugins/.test(id)) return;
  const typed = typedName({ script: process.argv[1], env: process.env, cwd: process.cwd() });
  if (typed === config.bin) return;
  // The variables that the framework reads keep the proper name.
  const binAliases = [...(config.binAliases ?? []), config.bin];
  Object.assign(config, { bin: typed, binAliases });
};

export default hook;
