import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CAPABILITIES } from '@sindri/core';
import { cellsIn } from '../../scripts/providers-page.cjs';
import { createWorkplace, root } from './sindri';

interface Listing {
  name: string;
  capabilities: string[] | null;
}

/** How the kit judges them is compared where it runs: `verify.test.ts`, and `test/docker/conformance.test.ts` where an engine can run. */
test('docs/providers.md says what every installed provider declares, and what its platform cannot do', async () => {
  const page = readFileSync(path.join(root, 'docs/providers.md'), 'utf8');
  const workplace = createWorkplace();
  try {
    const { document } = await workplace.json(['provider', 'list']);
    const providers = document.providers as Listing[];
    expect(providers).not.toEqual([]);
    for (const { name, capabilities } of providers) {
      const cells = cellsIn(page, name);
      // `npm run generate:providers` writes the column.
      expect([name, cells]).not.toEqual([name, null]);
      const declared = CAPABILITIES.filter((capability) => cells?.[capability]?.startsWith('yes'));
      expect([name, declared]).toEqual([name, CAPABILITIES.filter((capability) => capabilities?.includes(capability))]);
      expect(page).toContain(`\n### ${name}\n\n- `);
    }
  } finally {
    workplace.remove();
  }
}, 60_000);
