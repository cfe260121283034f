import path from 'node:path';
import * as Flags from '@oclif/core/flags';

/** `--state-dir`, the same on every `emulator` command. Absolute, because the background process has another directory. */
export const stateDirFlag = Flags.string({
  summary: 'Where it keeps its state. Default: `emulator` in the state directory of Sindri.',
  helpValue: 'DIRECTORY',
  env: 'SINDRI_EMULATOR_DIR',
  parse: async (input) => path.resolve(input),
});
