// `npm run generate`: everything in the repository that is made of something else, in the order in which it is needed. Tests fail when
// one of them was forgotten. The list of public names is not among them: whoever changes it should mean it.
import path from 'node:path';
import { build, install, requireNode, root, run } from './setup.mjs';

requireNode();
for (const script of ['types', 'error-codes', 'output-schemas', 'own-words']) {
  run(process.execPath, [path.join(root, `scripts/generate-${script}.mjs`)]);
}
// docs/cli.md and the snapshot of commands are read from what was built.
await install();
await build();
run(process.execPath, [path.join(root, 'packages/cli/scripts/command-reference.mjs')]);
