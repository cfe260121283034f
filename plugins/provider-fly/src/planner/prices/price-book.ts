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
