import * as mapping from '../../src/mapping/index.js';

describe('the pure half', () => {
  it('exports exactly this', () => {
    expect(Object.keys(mapping).sort()).toEqual([
      'completeMachineConfig',
      'desiredNames',
      'environmentState',
      'flyArtifacts',
      'flyOptionsSchema',
      'homePath',
      'homeVolumeName',
      'internalSshPort',
      'isBeingReplaced',
      'isLivingVolume',
      'isMarked',
      'planFly',
      'publishedPort',
      'restoreKeptValues',
      'secretsDigest',
      'secretsHash',
      'selectMachines',
      'summarizeFly',
      'toAppData',
      'toForeignVolumes',
      'toIpsData',
      'toMachineData',
      'toSecretsData',
      'toVolumeData',
      'validateSpec',
    ]);
  });
});
