import { listedRegions } from '../../../src/planner/index.js';

const wire = (code: string, latitude?: number, longitude?: number) => ({
  code,
  name: `${code}, as Fly says it`,
  ...(latitude === undefined || longitude === undefined ? {} : { latitude, longitude }),
});
const regions = [wire('ams', 52.37, 4.9), wire('sjc', 37.35, -121.96), wire('iad', 39.02, -77.46), wire('xyz')];

describe('the list of regions', () => {
  it('has the nearest first, with the names that people know, and where there is room', () => {
    expect(listedRegions(regions, 'iad', ['iad', 'ams'])).toEqual([
      { code: 'iad', name: 'Ashburn, Virginia', area: 'East Coast US', distanceKm: 0, room: true },
      { code: 'sjc', name: 'San Jose', area: 'West Coast US', distanceKm: 3855, room: null },
      { code: 'ams', name: 'Amsterdam', area: 'Europe', distanceKm: 6208, room: true },
      { code: 'xyz', name: 'xyz, as Fly says it', area: null, distanceKm: null, room: null },
    ]);
  });

  it('says nothing of what is not known', () => {
    const listed = listedRegions(regions, null, null);
    expect(listed.map(({ code }) => code)).toEqual(['ams', 'iad', 'sjc', 'xyz']);
    expect(listed.every(({ distanceKm, room }) => distanceKm === null && room === null)).toBe(true);
  });
});
