import type { WireVolume } from '../../../src/api/types';
import { toVolumeData } from '../../../src/planner/observed/select-volume';

const wire: WireVolume = { id: 'vol_1', name: 'home_data', state: 'created', region: 'sjc', size_gb: 1 };
const useOf = (figures: Partial<WireVolume>) =>
  toVolumeData([{ ...wire, ...figures }], { name: 'home_data', region: 'sjc', machineId: null })?.use;

describe('how full a volume is', () => {
  it('is what its block figures say', () => {
    expect(useOf({ block_size: 4096, blocks: 1000, blocks_free: 750 })).toEqual({
      usedBytes: 250 * 4096,
      totalBytes: 1000 * 4096,
    });
  });

  it.each<[string, Partial<WireVolume>]>([
    ['no machine has it: all figures are 0', { block_size: 0, blocks: 0, blocks_free: 0 }],
    ['Fly tells nothing', {}],
    ['a figure is missing', { block_size: 4096, blocks: 1000 }],
    ['figures are null', { block_size: null, blocks: null, blocks_free: null }],
  ])('is unknown when %s', (_title, figures) => expect(useOf(figures)).toBeNull());
});
