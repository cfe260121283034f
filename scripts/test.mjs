// `npm test`: sets everything up, checks the types of sources and tests, then runs jest. Arguments go to jest.
import path from 'node:path';
import { build, install, requireNode, root, run, telling } from './setup.mjs';

requireNode();
await install();
await build();

// End-to-end tests run what people install, not what it is made of.
const { makeProduct } = await import('./product/make.mjs');
await telling('Making the command line …', makeProduct);

const bin = (name) => path.join(root, 'node_modules', name);
console.error('Checking types of the tests …');
run(process.execPath, [bin('typescript/bin/tsc'), '-p', path.join(root, 'test/tsconfig.json')]);
// One more than the processors that we count on: a third of the time is spent waiting for machines and containers.
run(process.execPath, [bin('jest/bin/jest.js'), '--maxWorkers=3', ...process.argv.slice(2)], {
  env: { ...process.env, SINDRI_BUILT: '1' },
});
