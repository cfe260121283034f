import { formatMemory, formatSize, hasUnit, parseSize, SizeError } from '../../src/config/sizes.js';

describe('parseSize', () => {
  it.each([
    ['4GB', 4096],
    ['512MB', 512],
    ['1TB', 1024 * 1024],
    ['4Gi', 4096],
    ['4GiB', 4096],
    ['4G', 4096],
    ['256M', 256],
    ['256Mi', 256],
    ['4 GB', 4096],
    ['  4gb ', 4096],
    ['4gib', 4096],
    ['0.5TB', 512 * 1024],
    ['1.5GB', 1536],
    ['4096', 4096],
    [4096, 4096],
  ])('reads %p of memory as %p MB', (text, mb) => {
    expect(parseSize(text, 'memory')).toBe(mb);
  });

  it.each([
    ['30GB', 30],
    ['512MB', 0.5],
    ['1TB', 1024],
    ['0.5TB', 512],
    ['30', 30],
    [30, 30],
    ['10gi', 10],
    ['1.5GB', 1.5],
  ])('reads a volume of %p as %p GB', (text, gb) => {
    expect(parseSize(text, 'volume')).toBe(gb);
  });

  it.each([
    '',
    'GB',
    'four',
    '4 apples',
    '4GBs',
    '4KB',
    '4PB',
    '-4GB',
    '+4GB',
    '4,5GB',
    '4_096',
    '1e3',
    '0x10',
    '4GB 512MB',
    '.5GB',
    '5.GB',
    'NaN',
    'Infinity',
    '٤GB',
  ])('refuses %p', (text) => {
    expect(() => parseSize(text, 'memory')).toThrow(SizeError);
    expect(() => parseSize(text, 'volume')).toThrow(SizeError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0])('refuses the number %p', (number) => {
    expect(() => parseSize(number, 'memory')).toThrow(SizeError);
  });

  it('says what is wrong, to go behind a name', () => {
    expect(() => parseSize('x', 'memory')).toThrow('must be a size such as `4GB`, `512MB`, `4Gi` or `0.5TB`');
    expect(() => parseSize('0GB', 'volume')).toThrow('must be more than nothing');
    expect(() => parseSize('1.3GB', 'memory')).toThrow('must come to whole megabytes (this is 1331.2 MB)');
    expect(() => parseSize('99999999999999TB', 'memory')).toThrow('is too large');
    expect(() => parseSize('0.0001MB', 'volume')).toThrow('must be at least `1MB`');
  });

  it('reads back what it formats', () => {
    for (const mb of [1, 256, 512, 1000, 1024, 1536, 2048, 4096, 8192, 1024 * 1024, 3 * 1024 * 1024]) {
      expect(parseSize(formatMemory(mb), 'memory')).toBe(mb);
    }
    for (const gb of [0.25, 0.5, 1, 1.5, 30, 100, 512, 1024, 2048]) {
      expect(parseSize(formatSize(gb), 'volume')).toBe(gb);
    }
  });

  it('formats as people would write it', () => {
    expect([256, 1000, 1024, 1536, 4096].map(formatMemory)).toEqual(['256MB', '1000MB', '1GB', '1.5GB', '4GB']);
    expect([0.5, 1, 30, 1024, 1536].map(formatSize)).toEqual(['512MB', '1GB', '30GB', '1TB', '1536GB']);
  });

  it('knows whether a unit was said', () => {
    expect([hasUnit('4GB'), hasUnit('4096'), hasUnit(4096)]).toEqual([true, false, false]);
  });
});
