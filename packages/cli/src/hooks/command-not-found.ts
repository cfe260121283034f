import type { Hook } from '@oclif/core/interfaces';
import { core } from '../lazy.js';
import { meantBy } from '../familiar-words.js';
import { coreError } from '../error.js';

/** A word that is no command: says so, and which one was probably meant. */
const hook: Hook<'command_not_found'> = async function ({ id, config }) {
  const { nearest } = core();
  const words = id.split(':');
  const shown = words.join(' ');
  // The framework takes the arguments of a command that has none for a longer command.
  const parent = words
    .map((_word, index) => words.slice(0, index + 1).join(':'))
    .reverse()
    .find((prefix) => config.findCommand(prefix) !== undefined);
  if (parent !== undefined) {
    const extra = words.slice(parent.split(':').length).join(' ');
    throw coreError({
      code: 'USAGE',
      kind: 'usage',
      message: `${config.bin} ${parent.replaceAll(':', ' ')} takes no "${extra}".`,
      hint: `See: ${config.bin} ${parent.replaceAll(':', ' ')} --help`,
    });
  }
  const known = [
    ...config.commands.filter(({ hidden }) => !hidden).map((command) => command.id),
    ...config.topics.map(({ name }) => name),
  ];
  const familiar = meantBy(id, (one) => known.includes(one));
  const meant = familiar[0] ?? nearest(id, known) ?? nearest(words[0] ?? '', known);
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `There is no command "${shown}".`,
    hint:
      meant === undefined
        ? `All commands: ${config.bin} help`
        : `Did you mean: ${[meant, ...familiar.slice(1)].map((one) => `${config.bin} ${one.replaceAll(':', ' ')}`).join(', or ')} (all commands: ${config.bin} help)`,
    details: meant === undefined ? {} : { suggestion: meant.replaceAll(':', ' ') },
  });
};

export default hook;
