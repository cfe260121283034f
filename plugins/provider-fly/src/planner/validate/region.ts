import { nearest } from '@sindri/core';
import type { FlySpec } from '../../model.js';
import { optionsOf } from '../desired/options.js';
import { findRegion, findWithdrawnRegion, knownRegions, regionsAsOf } from '../regions/known-regions.js';
import type { Finding } from './finding.js';

const paths = ['providers.fly.region'];

/**
 * A region that the built-in table does not have. What looks like a typo, and what Fly has closed, is an error, so
 * that nothing is sent for it; any other three letters may be a region newer than the table, and Fly's own list decides.
 */
export function regionFindings(spec: FlySpec): Finding[] {
  const { region } = optionsOf(spec);
  if (findRegion(region) !== undefined) return [];
  const withdrawn = findWithdrawnRegion(region);
  if (withdrawn !== undefined) {
    const city = findRegion(withdrawn.nearest)?.name ?? withdrawn.nearest;
    return [
      {
        severity: 'error',
        code: 'FLY_REGION_WITHDRAWN',
        paths,
        message: `Fly has withdrawn the region ${region} (${withdrawn.name}).`,
        hint: `The nearest one left is ${withdrawn.nearest} (${city}).`,
      },
    ];
  }
  const guess = regionGuess(region);
  const list = knownRegions.map(({ code }) => code).join(', ');
  if (guess === undefined && /^[a-z]{3}$/.test(region)) {
    return [
      {
        severity: 'warning',
        code: 'FLY_REGION_UNKNOWN',
        paths,
        message: `Fly had no region "${region}" on ${regionsAsOf}; its own list is asked before anything is made there.`,
        hint: `Regions then: ${list}.`,
      },
    ];
  }
  return [
    {
      severity: 'error',
      code: 'FLY_REGION_UNKNOWN',
      paths,
      message: `Fly has no region "${region}".`,
      hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}Regions: ${list}.`,
    },
  ];
}

/** By code, or by the city that somebody wrote instead of its code. */
function regionGuess(word: string): string | undefined {
  const byCity = nearest(
    word,
    knownRegions.map(({ name }) => name),
  );
  if (word.length > 3 && byCity !== undefined) return knownRegions.find(({ name }) => name === byCity)?.code;
  return nearest(
    word,
    knownRegions.map(({ code }) => code),
  );
}
