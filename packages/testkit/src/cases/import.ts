import assert from 'node:assert/strict';
import type { EnvironmentSpec, ImportedConfig } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { assertJson, assertNoSecret, assertSindriError, rejectionOf } from '../expectations.js';
import { assertReadOnly } from '../read-only.js';

export const importCases: readonly PlatformCase[] = [
  {
    name: 'import: a config of what was deployed has an empty plan',
    platform: true,
    needs: ['import'],
    async run(bench) {
      if (cannotAsk(bench)) return;
      const seen = await bench.deploy();
      const { config, remarks } = await assertReadOnly(bench, 'an import', () => fromPlatform(bench, bench.spec.name));
      assertJson({ config, remarks }, 'what was imported');
      assertNoSecret({ config, remarks }, bench.secretValues, 'what was imported');
      // The bench brings its own secret.
      const { secrets: _secrets, ...rest } = config;
      const spec = await bench.specOf(JSON.stringify(rest));
      const ids = (of: EnvironmentSpec): string[] =>
        bench.plan('deploy', seen, { spec: of }).changes.map(({ id }) => id);
      // What is left to plan after a deploy is a matter of its own.
      const more = ids(spec).filter((id) => !ids(bench.spec).includes(id));
      const changed = remarks.filter(({ effect }) => effect === 'changes').map(({ subject }) => subject);
      if (changed.length > 0) bench.note(`What a deploy of it changes is told: ${changed.join(', ')}.`);
      else assert.deepEqual(more, [], 'nothing but what is remarked with "changes" may be left to plan');
    },
  },
  {
    name: 'import: what is not there is refused',
    platform: true,
    needs: ['import'],
    async run(bench) {
      if (cannotAsk(bench)) return;
      const what = 'an import of what is not there';
      const error = await rejectionOf(fromPlatform(bench, `${bench.spec.name}-none`), what);
      assertSindriError(error, what);
      assert.equal(error.kind, 'refused', `${what} is refused`);
    },
  },
  {
    name: 'import: a file that is none is refused as a mistake of its author',
    platform: true,
    needs: ['import'],
    async run({ provider, note }) {
      const { files = [], fromFile } = provider.import ?? {};
      if (fromFile === undefined) {
        note('It reads no files; there is nothing to refuse.');
        return;
      }
      for (const name of files) {
        const what = `an import of a ${name} that is none`;
        const error = await rejectionOf(
          Promise.resolve().then(() => fromFile({ name, text: '\u0000 ]}> not this' })),
          what,
        );
        assertSindriError(error, what);
        assert.equal(error.kind, 'usage', `${what} has the kind usage`);
      }
    },
  },
];

function cannotAsk({ provider, note }: Bench): boolean {
  if (provider.import?.fromPlatform !== undefined) return false;
  note('It reads files only; nothing was asked of the platform.');
  return true;
}

async function fromPlatform({ provider, context }: Bench, name: string): Promise<ImportedConfig> {
  assert.ok(provider.import?.fromPlatform !== undefined);
  return provider.import.fromPlatform(name, context());
}
