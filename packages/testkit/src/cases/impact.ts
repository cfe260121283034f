import assert from 'node:assert/strict';
import type { Change, ChangeImpact } from '@sindri/core';
import type { Bench, Variation } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { differenceOf } from '../expectations.js';
import { leaveMarker, openLasting, readMarker } from './inside.js';

const SERIOUS: readonly ChangeImpact[] = ['restart', 'replace', 'data-loss'];

export const impactCases: readonly PlatformCase[] = [
  {
    name: 'impact: an update says what it does to what runs',
    platform: true,
    needs: ['session'],
    async run(bench) {
      for (const variation of bench.variations) {
        await judgeUpdate(bench, variation);
        await bench.destroy();
      }
    },
  },
  {
    name: 'impact: what deletes data says so',
    platform: true,
    needs: ['session'],
    async run(bench) {
      const deployed = await bench.deploy();
      await leaveMarker(bench, 'precious');
      const { changes } = bench.plan('destroy', deployed);
      await bench.perform(changes, deployed);
      await bench.deploy();
      const lost = (await readMarker(bench)) !== 'precious';
      const announced = impactsOf(changes).has('data-loss');
      assert.ok(announced || !lost, 'the destroy took ~ with it, but no change has the impact "data-loss"');
    },
  },
];

async function judgeUpdate(bench: Bench, { spec, impact }: Variation): Promise<void> {
  const deployed = await bench.deploy();
  const { changes } = bench.plan('deploy', deployed, { spec });
  if (changes.length === 0) return;
  const title = differenceOf(bench.spec, spec);
  const named = impactsOf(changes);
  const process = await openLasting(bench);
  await bench.perform(changes, deployed, { spec });
  const lives = await process.answers();
  process.session.close();
  const announced = SERIOUS.some((word) => named.has(word));
  assert.ok(announced || lives, `${title}: the update ended what ran, but its impact is only ${list(named)}`);
  if (impact === undefined) return;
  const serious = new Set(SERIOUS.filter((word) => named.has(word)));
  for (const word of impact)
    assert.ok(named.has(word), `${title}: "${word}" was expected, the plan names ${list(named)}`);
  for (const word of serious) assert.ok(impact.includes(word), `${title}: "${word}" was not expected`);
}

function impactsOf(changes: readonly Change[]): Set<ChangeImpact> {
  return new Set(changes.flatMap(({ impact }) => impact));
}

function list(words: ReadonlySet<string>): string {
  return [...words].join(', ') || 'nothing';
}
