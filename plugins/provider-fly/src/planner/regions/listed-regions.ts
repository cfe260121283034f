import type { PlatformRegion } from '@sindri/core';
import type { WireRegion } from '../../api/types.js';
import { findRegion } from './known-regions.js';

const EARTH_RADIUS_KM = 6371;

/**
 * Fly's regions as people read them, the nearest first. `withRoom` = those that a spread of one machine to each has reached; `null` when
 * nobody asked. One that it has not reached is unknown rather than full: Fly may have put two into another.
 */
export function listedRegions(
  regions: readonly WireRegion[],
  nearest: string | null,
  withRoom: readonly string[] | null,
): PlatformRegion[] {
  const here = placeOf(regions.find(({ code }) => code === nearest));
  const listed = regions.map((region): PlatformRegion => {
    const known = findRegion(region.code);
    const there = placeOf(region);
    return {
      code: region.code,
      name: known?.name ?? region.name,
      area: known?.area ?? null,
      distanceKm: here === null || there === null ? null : Math.round(distance(here, there)),
      room: withRoom?.includes(region.code) === true ? true : null,
    };
  });
  return listed.sort((a, b) => rank(a) - rank(b) || (a.code < b.code ? -1 : 1));
}

type Place = readonly [latitude: number, longitude: number];

function placeOf(region: WireRegion | undefined): Place | null {
  const { latitude, longitude } = region ?? {};
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? [latitude as number, longitude as number] : null;
}

function rank({ distanceKm }: PlatformRegion): number {
  return distanceKm ?? Number.MAX_SAFE_INTEGER;
}

/** Along the great circle. */
function distance(a: Place, b: Place): number {
  const [[fromLatitude, fromLongitude], [toLatitude, toLongitude]] = [a, b].map((place) =>
    place.map((degrees) => (degrees * Math.PI) / 180),
  ) as [[number, number], [number, number]];
  const half =
    Math.sin((toLatitude - fromLatitude) / 2) ** 2 +
    Math.cos(fromLatitude) * Math.cos(toLatitude) * Math.sin((toLongitude - fromLongitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}
