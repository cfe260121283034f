/**
 * What people type who know another tool, and the commands (without `sindri`) that do it here, the most likely first. One that is not
 * installed is left out.
 */
const familiar: Readonly<Record<string, readonly string[]>> = {
  apply: ['deploy'],
  apps: ['list'],
  adopt: ['import', 'deploy'],
  attach: ['connect'],
  autocomplete: ['completion'],
  backup: ['volume snapshot'],
  bash: ['connect'],
  bill: ['cost'],
  billing: ['cost'],
  check: ['doctor', 'config validate'],
  console: ['connect'],
  copy: ['cp'],
  create: ['deploy'],
  delete: ['destroy'],
  describe: ['status'],
  diff: ['plan'],
  down: ['stop', 'destroy'],
  edit: ['code'],
  environments: ['list'],
  envs: ['list'],
  history: ['events'],
  info: ['status'],
  init: ['config init'],
  keys: ['keys list'],
  kill: ['stop'],
  launch: ['deploy'],
  login: ['auth login'],
  logout: ['auth logout'],
  ls: ['list'],
  machine: ['status'],
  machines: ['status', 'list'],
  new: ['config init'],
  open: ['code', 'connect'],
  'port-forward': ['forward'],
  preview: ['plan'],
  price: ['cost'],
  prices: ['cost'],
  pricing: ['cost'],
  provision: ['deploy'],
  proxy: ['tunnel'],
  ps: ['status', 'list'],
  pull: ['cp'],
  push: ['cp'],
  reboot: ['restart'],
  remove: ['destroy'],
  render: ['config render'],
  resize: ['scale memory', 'volume extend'],
  restore: ['volume restore'],
  resume: ['start'],
  rm: ['destroy'],
  run: ['exec'],
  scale: ['scale memory', 'scale cpus'],
  schema: ['config schema'],
  scp: ['cp'],
  sftp: ['cp'],
  sh: ['connect'],
  shell: ['connect'],
  show: ['status', 'config show'],
  signin: ['auth login'],
  signout: ['auth logout'],
  sleep: ['stop --suspend'],
  snapshot: ['volume snapshot'],
  snapshots: ['volume snapshots'],
  ssh: ['connect'],
  sync: ['cp'],
  suspend: ['stop --suspend'],
  tail: ['logs --follow'],
  top: ['status'],
  up: ['deploy'],
  update: ['deploy'],
  upgrade: ['deploy'],
  validate: ['config validate'],
  verify: ['provider verify'],
  volumes: ['volume list', 'volume snapshots'],
  wake: ['start'],
  whoami: ['auth status'],
};

/**
 * The commands that `id` (words joined by `:`) probably means, of those that `exists` knows by their id; empty for a word that no other
 * tool has.
 */
export function meantBy(id: string, exists: (id: string) => boolean): readonly string[] {
  const [word = ''] = id.split(':');
  const meant = Object.hasOwn(familiar, word) ? (familiar[word] ?? []) : [];
  return meant.filter((words) =>
    exists(
      words
        .split(' ')
        .filter((one) => !one.startsWith('-'))
        .join(':'),
    ),
  );
}
