import type { ConfigProblem, EnvironmentSpec, JsonSchema, SampleConfig } from '@sindri/core';
import { isUnderHome } from '@sindri/image-contract';
import schema from './options.schema.json';

/** `providers.docker`, as the schema describes it, defaults filled in. */
export interface DockerOptions {
  network: 'bridge' | 'host' | 'none';
  ports?: string[];
  sshPort?: number;
  restart: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  platform?: string;
  privileged: boolean;
  extraHosts?: string[];
  runtime: 'auto' | 'runc' | 'sysbox-runc';
  dind?: { enabled?: boolean };
}

export const optionsSchema: JsonSchema = schema;

export const sample: SampleConfig = { memory: '4GB', cpus: 2, options: { restart: 'unless-stopped' } };

type Problem = Pick<ConfigProblem, 'severity' | 'blocks' | 'code' | 'message' | 'path' | 'hint'>;

/** What Docker cannot make, or not as it is written. */
export function validateSpec(spec: EnvironmentSpec<DockerOptions>): ConfigProblem[] {
  const { options, resources, workspace } = spec;
  const problems: (Problem | false)[] = [
    spec.buildFromSource !== undefined && {
      severity: 'error',
      blocks: 'deploy',
      code: 'DOCKER_SOURCE_BUILD',
      message: 'Images cannot be built from source yet.',
      path: 'deployment.buildFromSource',
      hint: 'Build the image with `docker build` and name it in `deployment.image`.',
    },
    resources.gpu?.type === 'amd' && {
      severity: 'error',
      blocks: 'deploy',
      code: 'DOCKER_GPU_TYPE',
      message: 'Docker hands NVIDIA GPUs to a container, and no others.',
      path: 'deployment.resources.gpu.type',
    },
    options.dind?.enabled === true && {
      severity: 'warning',
      code: 'DOCKER_DIND',
      message: '`dind` does nothing: the image brings no Docker Engine.',
      path: 'providers.docker.dind',
      hint: 'Choose `runtime: sysbox-runc`, or `privileged: true`, and install Docker inside.',
    },
    options.network !== 'bridge' &&
      (options.ports ?? []).length > 0 && {
        severity: 'warning',
        code: 'DOCKER_PORTS_UNUSED',
        message: `Ports are published with the network "bridge" only, not with "${options.network}".`,
        path: 'providers.docker.ports',
      },
    workspace.path !== null &&
      !isUnderHome(workspace.path) && {
        severity: 'warning',
        code: 'DOCKER_WORKSPACE_PATH',
        message: `${workspace.path} is not under the home, so it would not survive; the image's own place is used.`,
        path: 'deployment.volumes.workspace.path',
      },
  ];
  return problems.filter((problem): problem is Problem => problem !== false);
}
