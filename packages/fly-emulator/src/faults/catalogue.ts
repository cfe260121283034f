import { ANSWER_FAULTS } from './answer-faults.js';
import { CAPACITY_FAULTS } from './capacity-faults.js';
import type { FaultDefinition } from './fault.js';
import { PLATFORM_FAULTS } from './platform-faults.js';

/** Every fault there is, by family. */
export const FAULT_CATALOGUE: readonly FaultDefinition[] = [...ANSWER_FAULTS, ...CAPACITY_FAULTS, ...PLATFORM_FAULTS];
