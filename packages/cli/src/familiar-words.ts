/** What people type who know another tool, and the commands (without `sindri`) that do it here, the most likely first. */
const familiar: Readonly<Record<string, readonly string[]>> = {
  apply: ['deploy'],
  attach: ['connect'],
  check: ['doctor', 'config validate'],
  console: ['connect'],
  create: ['deploy'],
  delete: ['destroy'],
  diff: ['plan'],
  down: ['stop', 'destroy'],
  info: ['status'],
  init: ['config init'],
  keys: ['keys list'],
  kill: ['stop'],
  launch: ['deploy'],
  list: ['status'],
  login: ['doctor'],
  ls: ['status'],
  new: ['config init'],
  preview: ['plan'],
  ps: ['status'],
  remove: ['destroy'],
  render: ['config render'],
  resize: ['volume extend', 'deploy'],
  restart: ['stop && sindri start'],
  resume: ['start'],
  rm: ['destroy'],
  run: ['exec'],
  scale: ['deploy', 'volume extend'],
  schema: ['config schema'],
  shell: ['connect'],
  show: ['status', 'config show'],
  ssh: ['connect'],
  suspend: ['stop --suspend'],
  tail: ['logs --follow'],
  up: ['deploy'],
  validate: ['config validate'],
  verify: ['provider verify'],
  wake: ['start'],
};

/** The commands that `id` (words joined by `:`) probably means; `undefined` for a word that no other tool has. */
export function meantBy(id: string): readonly string[] | undefined {
  const [word = ''] = id.split(':');
  return Object.hasOwn(familiar, word) ? familiar[word] : undefined;
}
