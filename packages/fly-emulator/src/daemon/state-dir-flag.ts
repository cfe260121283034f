import { Flags } from '@oclif/core';

/** `--state-dir`, the same on every `emulator` command. */
export const stateDirFlag = Flags.directory({
  summary: 'Where it keeps its state. Default: `emulator` in the state directory of Sindri.',
  env: 'SINDRI_EMULATOR_DIR',
});
