/** What Fly makes. */
export const volumeLimits = { minimumGb: 1, maximumGb: 500 };

/** The size in GB when the config names none. A volume that has grown beyond what is asked for is left as it is. */
export const defaultVolumeGb = 10;

/** How Fly grows a volume by itself: at 80 % by 5 GB, up to 250 GB or the size that was asked for. */
export const volumeGrowth = { thresholdPercent: 80, addGb: 5, limitGb: 250 };
