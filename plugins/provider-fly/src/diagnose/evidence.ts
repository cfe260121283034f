import type { EnvironmentSummary, LogLine, PastEvent } from '@sindri/core';
import type { InstallationProgress } from '@sindri/image-contract';
import type { IpsData, MachineData, SecretsData, VolumeData } from '../model.js';

/** Everything that a diagnosis rests on. What is `null` could not be looked at, or there was no sense in it. */
export interface Evidence {
  environment: string;
  summary: EnvironmentSummary;
  machine: MachineData | null;
  ips: IpsData['items'] | null;
  secrets: SecretsData['items'] | null;
  volume: VolumeData | null;
  /** Oldest first. */
  events: PastEvent[];
  logs: readonly LogLine[] | null;
  /** Whether the config makes the image install anything. */
  installs: boolean;
  /** As a look inside of a running machine tells. */
  installation: InstallationProgress | null;
  /** Whether a connection starts a machine that sleeps. */
  wakesOnConnection: boolean;
  /** How the SSH server answered from here, of a running machine. */
  dial: { answers: true } | { answers: false; failures: readonly DialFailed[] } | null;
  /** `null` = nobody knows. */
  keys: { isAdmitted: boolean | null; mine: readonly string[] } | null;
}

/** One address that did not answer. */
export interface DialFailed {
  where: string;
  /** `timeout`, `unreachable`, `refused`, `closed`, … */
  reason: string;
  message: string;
}
