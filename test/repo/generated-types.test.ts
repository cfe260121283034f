import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../..');

/** Types are made of the schema of the config, schemas of the types of the answers: neither may be edited, or forgotten. */
test.each(['generate-types.mjs', 'generate-output-schemas.mjs', 'generate-own-words.mjs', 'generate-error-codes.mjs'])(
  'scripts/%s would change nothing',
  (script) => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts', script), '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  },
);
