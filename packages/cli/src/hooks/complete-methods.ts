import type { Hook } from '@oclif/core/interfaces';

/**
 * Before completion for a shell is written: the values of `--method` are those of the installed providers. Runs at every start,
 * hence loads nothing unless it is about completion.
 */
const hook: Hook<'init'> = async function ({ id, config }) {
  if (id?.startsWith('autocomplete') !== true) return;
  const { withMethods } = require('../method-values.js') as typeof import('../method-values.js');
  for (const command of ['connect', 'exec'] as const) {
    const { names } = await withMethods(config, command, undefined);
    const flag = config.findCommand(command)?.flags['method'];
    if (flag?.type === 'option') flag.options = names;
  }
};

export default hook;
