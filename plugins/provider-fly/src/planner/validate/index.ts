import { nearest, type ConfigProblem, type EnvironmentSpec } from '@sindri/core';
import { resolveGuest } from '../hardware/guest.js';
import { idleBehaviour } from '../desired/idle.js';
import { homePath } from '../desired/names.js';
import { readOptions } from '../desired/options.js';
import { findRegion, findWithdrawnRegion, knownRegions } from '../regions/known-regions.js';
import { volumeLimits } from '../desired/volume-size.js';
import { defaultWorkspacePath, isOnVolume } from '../desired/workspace.js';
import { place, type Finding } from './finding.js';
import { hardwareFindings } from './hardware.js';
import { imageFindings } from './image.js';

/**
 * Everything Fly would refuse, and everything it would do otherwise than the config sounds, before any request. Pure; never
 * throws. Codes: `FLY_APP_NAME`, `FLY_REGION_UNKNOWN`, `FLY_REGION_WITHDRAWN`, `FLY_GUEST_CPUS`, `FLY_GUEST_MEMORY`,
 * `FLY_GPU_TYPE`, `FLY_GPU_COUNT`, `FLY_GPU_MEMORY`, `FLY_VOLUME_SIZE`, `FLY_IMAGE_VERSION`; warnings
 * `FLY_GPU_WITHDRAWN`, `FLY_GPU_SIZE`, `FLY_WORKSPACE_PATH`, `FLY_SUSPEND_MEMORY`, `FLY_HA_SINGLE`, `FLY_PULL_POLICY`,
 * `FLY_SOURCE_BUILD`.
 */
export function validateSpec(spec: EnvironmentSpec): ConfigProblem[] {
  const findings = [
    ...nameFindings(spec),
    ...regionFindings(spec),
    ...hardwareFindings(spec),
    ...volumeFindings(spec),
    ...imageFindings(spec),
    ...behaviourFindings(spec),
  ];
  return findings.map((finding) => place(finding, spec));
}

function nameFindings({ name }: EnvironmentSpec): Finding[] {
  const refuse = (message: string, hint: string): Finding[] => [
    { severity: 'error', code: 'FLY_APP_NAME', paths: ['name'], message, hint },
  ];
  if (name.includes('github')) {
    return refuse(
      `Fly refuses app names that contain "github", and the app is called like the environment: "${name}".`,
      'Choose another name, for example with "gh" instead.',
    );
  }
  // Fly's own words: "Name under 63 chars using numbers, lowercase letters and dashes".
  if (name.length >= 63) {
    return refuse(
      `Fly wants app names under 63 characters, "${name}" has ${name.length}.`,
      'Shorten it; the app is called like the environment.',
    );
  }
  if (name.endsWith('-')) {
    return refuse(
      `"${name}" ends with a dash: <name>.fly.dev would not be a valid host name.`,
      `Use "${name.replace(/-+$/, '')}".`,
    );
  }
  return [];
}

function regionFindings(spec: EnvironmentSpec): Finding[] {
  const { region } = readOptions(spec);
  if (findRegion(region) !== undefined) return [];
  const paths = ['providers.fly.region'];
  const withdrawn = findWithdrawnRegion(region);
  if (withdrawn !== undefined) {
    const city = findRegion(withdrawn.nearest)?.name ?? withdrawn.nearest;
    return [
      {
        severity: 'error',
        code: 'FLY_REGION_WITHDRAWN',
        paths,
        message: `Fly has withdrawn the region ${region} (${withdrawn.name}).`,
        hint: `The nearest one left is ${withdrawn.nearest} (${city}).`,
      },
    ];
  }
  const guess = regionGuess(region);
  const list = knownRegions.map(({ code }) => code).join(', ');
  return [
    {
      severity: 'error',
      code: 'FLY_REGION_UNKNOWN',
      paths,
      message: `Fly has no region "${region}".`,
      hint: `${guess === undefined ? '' : `Did you mean ${guess}? `}Regions: ${list}.`,
    },
  ];
}

/** By code, or by the city that somebody wrote instead of its code. */
function regionGuess(word: string): string | undefined {
  const byCity = nearest(
    word,
    knownRegions.map(({ name }) => name),
  );
  if (word.length > 3 && byCity !== undefined) return knownRegions.find(({ name }) => name === byCity)?.code;
  return nearest(
    word,
    knownRegions.map(({ code }) => code),
  );
}

function volumeFindings(spec: EnvironmentSpec): Finding[] {
  const findings: Finding[] = [];
  const { sizeGb, path } = spec.workspace;
  const { minimumGb, maximumGb } = volumeLimits;
  if (sizeGb !== null && (!Number.isInteger(sizeGb) || sizeGb < minimumGb || sizeGb > maximumGb)) {
    const nearby = Math.min(Math.max(Math.ceil(sizeGb), minimumGb), maximumGb);
    findings.push({
      severity: 'error',
      code: 'FLY_VOLUME_SIZE',
      paths: ['deployment.volumes.workspace.size'],
      message: `A Fly volume has ${minimumGb} to ${maximumGb} GB in whole numbers, not ${sizeGb} GB.`,
      hint: `Use size: ${nearby}GB.`,
    });
  }
  if (path !== null && !isOnVolume(path)) {
    findings.push({
      severity: 'warning',
      code: 'FLY_WORKSPACE_PATH',
      paths: ['deployment.volumes.workspace.path'],
      message:
        `${path} is not on the volume, which is mounted at ${homePath}; ` +
        `the workspace stays at ${defaultWorkspacePath}, because files elsewhere are lost when the machine stops.`,
      hint: `Use a path under ${homePath}, or leave it out.`,
    });
  }
  return findings;
}

function behaviourFindings(spec: EnvironmentSpec): Finding[] {
  const findings: Finding[] = [];
  const { autoStopMachines, autoStartMachines, highAvailability } = readOptions(spec);
  const idle = idleBehaviour(resolveGuest(spec), { autostop: autoStopMachines ? 'suspend' : 'off', autoStartMachines });
  if (idle.suspendIsUnsure && spec.resources.gpu === null) {
    findings.push({
      severity: 'warning',
      code: 'FLY_SUSPEND_MEMORY',
      paths: ['deployment.resources.memory', 'providers.fly.autoStopMachines'],
      message: idle.text ?? '',
      hint: 'Use at most 2GB to be sure of suspend, or autoStopMachines: false to keep it running.',
    });
  }
  if (highAvailability) {
    findings.push({
      severity: 'warning',
      code: 'FLY_HA_SINGLE',
      paths: ['providers.fly.highAvailability'],
      message:
        'highAvailability makes no second machine: Fly volumes are not shared, so a connection would end up ' +
        'in one of two different homes by chance.',
      hint: 'Leave it out. Daily snapshots of the volume are kept either way.',
    });
  }
  return findings;
}
