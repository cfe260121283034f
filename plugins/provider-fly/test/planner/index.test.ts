import * as planner from '../../src/planner/index.js';

describe('the pure half', () => {
  it('exports exactly this', () => {
    expect(Object.keys(planner).sort()).toEqual([
      'completeMachineConfig',
      'dedicatedIpv4Text',
      'desiredNames',
      'endedByItself',
      'environmentState',
      'exitText',
      'findRegion',
      'flyArtifacts',
      'flyOptionsSchema',
      'flySample',
      'isBeingReplaced',
      'isLivingVolume',
      'isMarked',
      'keyFingerprint',
      'keyRecord',
      'lastKey',
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
      'toKeyLine',
      'toMachineData',
      'toSecretsData',
      'toVolumeData',
      'unread',
      'validateSpec',
    ]);
  });
});
