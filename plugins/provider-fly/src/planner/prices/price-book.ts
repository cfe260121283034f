/**
 * Everything that Fly charges for, as it was looked up on one day. New prices change this file and nothing else: plans,
 * summaries, messages and the schema's descriptions compute from it and quote it.
 */

/** The day these prices were looked up; they hold since 2026-10-01. */
export const pricesAsOf = '2026-11-01';

/** Fly bills by the second and quotes months of 30 days. */
export const secondsPerMonth = 2_592_000;

/** USD per second in the base regions (iad, ewr). */
export const cpuPrices = {
  shared: { perCpu: 0.0000008465, includedMbPerCpu: 256 },
  performance: { perCpu: 0.000012732, includedMbPerCpu: 2048 },
} as const;

/** USD per second and GB of memory beyond what the CPUs include, in the base regions. */
export const memoryPricePerGb = 0.000002316;

/** USD per GB and month of provisioned volume, attached or not, in every region. */
export const volumePricePerGb = 0.15;

/** USD per GB and month of the root file system of a stopped or suspended machine. */
export const stoppedRootPricePerGb = 0.15;

/**
 * The size of a machine's root file system, in GB. What Fly bills of it while stopped depends on the image (unsure how), so
 * this is the most it can be.
 */
export const rootFileSystemGb = 8;

/** USD per month. Shared IPv4, IPv6 and private addresses are free. */
export const dedicatedIpv4Price = 2;

/** USD per GB and month of snapshots, in every region: what is stored, which grows with what changes. */
export const snapshotPricePerGb = 0.08;

/** GB of snapshots that an organization stores for nothing. */
export const freeSnapshotGb = 10;

/** USD per GB that leaves a region for the internet, by the part of the world. What comes in is free. */
export const egressPrices = { near: 0.02, far: 0.04, africa: 0.12 } as const;

/** The regions that are not in North America or Europe. */
export const farRegions: Readonly<Record<string, keyof typeof egressPrices>> = {
  gru: 'far',
  jnb: 'africa',
  nrt: 'far',
  sin: 'far',
  syd: 'far',
};

/** Multiplies the base price of CPU and memory (not of volumes and addresses), by region code. */
export const regionFactors: Readonly<Record<string, number>> = {
  ams: 1.038461538,
  arn: 1.038461538,
  cdg: 1.134615385,
  dfw: 1.25,
  ewr: 1,
  fra: 1.153846154,
  gru: 1.615384615,
  iad: 1,
  jnb: 1.302884615,
  lax: 1.199519231,
  lhr: 1.134615385,
  nrt: 1.307692308,
  ord: 1.25,
  sin: 1.269230769,
  sjc: 1.192307692,
  syd: 1.269230769,
  yyz: 1.115384615,
};
