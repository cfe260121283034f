import type { Capability, IntentName, SessionMode } from '@sindri/core';
import type { Bench } from './bench.js';
import type { PureBench } from './pure-bench.js';

/** What a subject may have or not. */
export type SubjectMember = 'otherImage' | 'missingImage' | 'crashingConfig';

interface CaseIdentity {
  /** `plan: what could not be observed is never created`. Stable; the part before the colon is its group. */
  name: string;
}

/** A case that needs nothing but the provider object. */
export interface PureCase extends CaseIdentity {
  platform: false;
  run(bench: PureBench): Promise<void> | void;
}

/** A case that needs a platform, hence a subject with `setup`. */
export interface PlatformCase extends CaseIdentity {
  platform: true;
  /** Capabilities without which the case says nothing. It is skipped unless all of them are declared. */
  needs?: readonly Capability[];
  /** The member of `power` without which the case is skipped. */
  needsPower?: 'stop' | 'suspend' | 'restart';
  /** Intents of its capabilities without which the case is skipped: a provider may plan some of them only. */
  needsIntents?: readonly IntentName[];
  /** The modes of sessions without which the case is skipped. */
  needsModes?: readonly SessionMode[];
  /** Skipped when the subject knows no port that something inside listens on, see `Subject.unknownPort`. */
  needsPort?: true;
  /** Members of the subject without which there is nothing to try. */
  needsOfSubject?: readonly SubjectMember[];
  /** Skipped when the provider leaves people no choice of a connection method. */
  needsMethods?: true;
  /**
   * It deploys first, and leaves the environment as a deploy leaves it; what came before the deploy is no part of it. Such cases may
   * share a rig, see `RunOptions.shareRigs`. `asleep`: as a deploy leaves it, but for its sleep.
   */
  leavesDeployed?: true | 'asleep';
  run(bench: Bench): Promise<void>;
}

/** One promise of the contract, as data. It fails by throwing, with the assertions of `node:assert`. */
export type ConformanceCase = PureCase | PlatformCase;
