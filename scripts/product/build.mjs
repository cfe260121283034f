// Everything from a fresh clone to a product that runs: what ./sindri does when something is missing or was changed.
import { build, install, requireNode } from '../setup.mjs';

requireNode();
install();
build();
const { makeProduct } = await import('./make.mjs');
await makeProduct();
