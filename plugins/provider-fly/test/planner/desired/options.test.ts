import { desiredNames, flyOptionsSchema } from '../../../src/planner/index.js';
import { defaultOptions, optionsOf } from '../../../src/planner/desired/options.js';
import { regionFactors } from '../../../src/planner/prices/price-book.js';
import { findRegion, findWithdrawnRegion, knownRegions } from '../../../src/planner/regions/known-regions.js';
import { spec } from '../support/specs.js';

const properties = flyOptionsSchema['properties'] as Record<
  string,
  { default: unknown; description: string; type: string }
>;

describe('the options schema', () => {
  it('is closed, described, in camelCase, and repeats the defaults', () => {
    expect(flyOptionsSchema['additionalProperties']).toBe(false);
    expect(Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, property.default]))).toEqual(
      defaultOptions,
    );
    for (const [key, { description }] of Object.entries(properties)) {
      expect(key).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(description.length).toBeGreaterThan(20);
    }
  });

  it('states the limits', () => {
    expect(properties).toMatchObject({
      cpuKind: { type: 'string', enum: ['shared', 'performance'] },
      sshPort: { type: 'integer', minimum: 1024, maximum: 65535 },
      snapshotRetention: { type: 'integer', minimum: 1, maximum: 60 },
      organization: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' },
    });
  });

  it('decides what an option is: what it has accepted is taken as it is, whatever the type of the default', () => {
    expect(optionsOf({ options: { sshPort: false } })).toEqual({ ...defaultOptions, sshPort: false });
    expect(optionsOf({ options: {} })).toEqual(defaultOptions);
  });
});

describe('names', () => {
  it('follow from the spec alone', () => {
    expect(desiredNames(spec({ name: 'my-sindri-fly', fly: { dedicatedIpv4: true } }))).toEqual({
      app: 'my-sindri-fly',
      organization: 'personal',
      region: 'sjc',
      volume: 'home_data',
      machines: ['my-sindri-fly-1'],
      second: { machine: 'my-sindri-fly-2', volume: 'home_data_2' },
      sshPort: 10022,
      internalPort: 2222,
      dedicatedIpv4: true,
    });
  });
});

describe('regions', () => {
  it('are the 17 of today, each with a code, a name and a factor', () => {
    expect(knownRegions).toHaveLength(17);
    expect(new Set(knownRegions.map(({ code }) => code)).size).toBe(17);
    for (const { code, name } of knownRegions) {
      expect(code).toMatch(/^[a-z]{3}$/);
      expect(name).not.toBe('');
      expect(regionFactors[code]).toBeGreaterThanOrEqual(1);
    }
  });

  it.each(['sjc', 'lax', 'ord', 'iad', 'lhr', 'ams', 'sin', 'syd', 'nrt'])('know the seed region %s', (code) => {
    expect(findRegion(code)).toBeDefined();
    expect(findWithdrawnRegion(code)).toBeUndefined();
  });

  it.each(['bom', 'sea', 'mia', 'yul'])('know that %s is gone, and what is near', (code) => {
    expect(findRegion(code)).toBeUndefined();
    expect(findRegion(findWithdrawnRegion(code)?.nearest ?? '')).toBeDefined();
  });
});
