import type { ConfigProblem } from '@sindri/core';
import { defaultWorkspacePath, homePath, isUnderHome } from '@sindri/image-contract';
import type { FlySpec } from '../../model.js';
import { resolveGuest } from '../hardware/guest.js';
import { idleBehaviour } from '../desired/idle.js';
import { optionsOf } from '../desired/options.js';
import { volumeLimits } from '../desired/volume-size.js';
import { place, type Finding } from './finding.js';
import { hardwareFindings } from './hardware.js';
import { imageFindings } from './image.js';
import { regionFindings } from './region.js';
import { secretFindings } from './secrets.js';

/**
 * Everything Fly would refuse, and everything it would do otherwise than the config sounds, before any request. Pure; never
 * throws. Errors about what is to be made stop a deploy and nothing else. Codes: `FLY_APP_NAME`, `FLY_REGION_UNKNOWN`, `FLY_REGION_WITHDRAWN`, `FLY_GUEST_CPUS`, `FLY_GUEST_MEMORY`,
 * `FLY_GPU_TYPE`, `FLY_GPU_COUNT`, `FLY_GPU_MEMORY`, `FLY_VOLUME_SIZE`, `FLY_IMAGE_VERSION`,
 * `FLY_SECRET_NAME`, `FLY_TLS_PORT_TAKEN`; warnings
 * `FLY_GPU_WITHDRAWN`, `FLY_GPU_SIZE`, `FLY_WORKSPACE_PATH`, `FLY_SUSPEND_MEMORY`, `FLY_PULL_POLICY`,
 * `FLY_SOURCE_BUILD`.
 */
export function validateSpec(spec: FlySpec): ConfigProblem[] {
  const aboutMaking = [
    ...regionFindings(spec),
    ...hardwareFindings(spec),
    ...volumeFindings(spec),
    ...imageFindings(spec),
    ...secretFindings(spec),
    ...behaviourFindings(spec),
  ];
  return [...nameFindings(spec), ...aboutMaking.map(blockDeploysOnly)].map((finding) => place(finding, spec));
}

/** What Fly would not make can exist all the same, from before: it can be looked at, connected to and removed. */
function blockDeploysOnly(finding: Finding): Finding {
  return finding.severity === 'error' ? { ...finding, blocks: 'deploy' } : finding;
}

/** With `-1` behind it, it is a host name. */
const LONGEST_NAME = 61;

function nameFindings({ name }: FlySpec): Finding[] {
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
  if (name.length > LONGEST_NAME) {
    return refuse(
      `Fly wants app names under 63 characters, and machines add "-1": "${name}" has ${name.length}.`,
      `Shorten it to ${LONGEST_NAME}; app and machines are called like the environment.`,
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

function volumeFindings(spec: FlySpec): Finding[] {
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
  if (path !== null && !isUnderHome(path)) {
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

function behaviourFindings(spec: FlySpec): Finding[] {
  const findings: Finding[] = [];
  const { cpuKind, sshPort, sshTlsPort, autoStopMachines, autoStartMachines } = optionsOf(spec);
  const idle = idleBehaviour(resolveGuest(spec.resources, cpuKind), {
    autostop: autoStopMachines ? 'suspend' : 'off',
    autoStartMachines,
  });
  if (idle.suspendIsUnsure && spec.resources.gpu === null) {
    findings.push({
      severity: 'warning',
      code: 'FLY_SUSPEND_MEMORY',
      paths: ['deployment.resources.memory', 'providers.fly.autoStopMachines'],
      message: idle.text ?? '',
      hint: 'Use at most 2GB to be sure of suspend, or autoStopMachines: false to keep it running.',
    });
  }
  if (sshTlsPort === sshPort) {
    findings.push({
      severity: 'error',
      code: 'FLY_TLS_PORT_TAKEN',
      paths: ['providers.fly.sshTlsPort', 'providers.fly.sshPort'],
      message: `sshTlsPort and sshPort are both ${sshPort}: at one port Fly either ends TLS or does not.`,
      hint: 'Choose two different ports, or sshTlsPort: false to do without.',
    });
  }
  return findings;
}
