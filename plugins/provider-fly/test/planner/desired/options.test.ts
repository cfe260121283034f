import { desiredNames, flyOptionsSchema } from '../../../src/planner/index.js';
import { defaultOptions, readOptions } from '../../../src/planner/desired/options.js';
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

  it('has no say over values of a wrong type: they count as absent', () => {
    expect(readOptions({ ...spec(), options: { sshPort: '1', region: 7, cpuKind: 'huge' } })).toEqual(defaultOptions);
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
    for (const { code, name, priceFactor } of knownRegions) {
      expect(code).toMatch(/^[a-z]{3}$/);
      expect(name).not.toBe('');
      expect(priceFactor).toBeGreaterThanOrEqual(1);
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
