// Everything from a fresh clone to a product that runs: what ./sindri does when something is missing or was changed.
import { build, install, requireNode, telling } from '../setup.mjs';

requireNode();
await install();
await build();
const { makeProduct } = await import('./make.mjs');
await telling('Making the command line …', makeProduct);
