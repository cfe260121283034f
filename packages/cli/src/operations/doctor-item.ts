import type { CheckItem } from '@sindri/core';

/** A check, and what it is about: this computer, the config, or a provider by name. */
export interface DoctorItem extends CheckItem {
  area: string;
}
