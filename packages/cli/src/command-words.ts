/** The first words of our commands, as the root help groups them: the commands of a day in the order in which one meets them. */
export const commandGroups: readonly (readonly [title: string, words: readonly string[]])[] = [
  [
    'EVERY DAY',
    [
      'plan',
      'deploy',
      'status',
      'list',
      'connect',
      'exec',
      'logs',
      'events',
      'diagnose',
      'stop',
      'start',
      'restart',
      'scale',
      'hold',
      'keys',
      'secrets',
      'volume',
      'image',
      'cost',
      'destroy',
    ],
  ],
  ['SET UP', ['auth', 'config', 'import', 'regions', 'doctor', 'provider', 'plugins', 'emulator', 'completion']],
];

/** Those whose next word belongs to the command. */
export const topicWords: readonly string[] = [
  ...'auth config emulator image keys plugins provider scale secrets volume'.split(' '),
  'tunnel peers',
];

/** All of them, also those that help lists under "more". */
export const commandWords: readonly string[] = [
  ...commandGroups.flatMap(([, words]) => words),
  ...['code', 'cp', 'forward', 'help', 'ssh-config', 'tunnel', 'version'],
];
