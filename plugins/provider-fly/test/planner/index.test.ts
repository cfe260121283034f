import * as planner from '../../src/planner/index.js';

describe('the pure half', () => {
  it('exports exactly this', () => {
    expect(Object.keys(planner).sort()).toEqual([
      'appNotOurs',
      'completeMachineConfig',
      'contentsOf',
      'dedicatedIpv4Text',
      'desiredNames',
      'endedByItself',
      'environmentState',
      'evidenceOf',
      'exitText',
      'findRegion',
      'flyArtifacts',
      'flyOptionsSchema',
      'flySample',
      'hasMark',
      'homeVolumeName',
      'isBeingReplaced',
      'isLivingVolume',
      'isMarked',
      'machineNotOurs',
      'openObservation',
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
