import type { Hook } from '@oclif/core/interfaces';

/** Before a command runs: what holds for ours holds for those of the framework and of plugins, too. */
const hook: Hook<'prerun'> = async function ({ Command, argv, config }) {
  // None takes an argument from stdin: in a loop over lines it would eat those that are left.
  for (const arg of Object.values(Command.args ?? {})) arg.ignoreStdin = true;
  // Ours are those that can perform.
  if ('perform' in (Command as unknown as { prototype: object }).prototype) return;
  const { keepContract } = require('../framework-commands.js') as typeof import('../framework-commands.js');
  keepContract(Command, argv, config);
};

export default hook;
