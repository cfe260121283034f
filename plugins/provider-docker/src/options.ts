import * as core from '@sindri/core';
import { isUnderHome } from '@sindri/image-contract';
import { said } from './docker-error.js';

/** `providers.docker`. */
export const optionsSchema = core.defineOptions({
  network: {
    enum: ['bridge', 'host', 'none'],
    default: 'bridge',
    description:
      "`bridge` is a network of the environment's own; with `host` it shares the ports of the engine's computer, with `none` it has no network.",
  },
  ports: {
    items: {
      type: 'string',
      pattern: '^(?:(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9A-Fa-f:]+\\]):)?(?:\\d{1,5}:)?\\d{1,5}(?:/(?:tcp|udp))?$',
    },
    description:
      'Published ports, `host:container`. On 127.0.0.1 unless an address stands in front: `0.0.0.0:8080:80`.',
  },
  sshPort: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description:
      "The port of 127.0.0.1 that leads to the image's SSH server. Default: the engine chooses one at each start.",
  },
  restart: {
    enum: ['no', 'always', 'on-failure', 'unless-stopped'],
    default: 'unless-stopped',
    description: 'When the engine starts the container by itself.',
  },
  platform: {
    type: 'string',
    pattern: '^[a-z0-9]+(?:/[a-z0-9_]+){1,2}$',
    description: 'For which the image is pulled: `linux/arm64`. Default: that of the engine.',
  },
  privileged: {
    type: 'boolean',
    default: false,
    description: "All rights of root on the engine's computer. Anybody inside is then root there.",
  },
  extraHosts: {
    items: { type: 'string', pattern: '^[^:\\s]+:\\S+$' },
    description: "More lines of /etc/hosts, `name:address`; the address `host-gateway` is the engine's computer.",
  },
  runtime: {
    enum: ['auto', 'runc', 'sysbox-runc'],
    default: 'auto',
    description: 'The OCI runtime. With `sysbox-runc` Docker runs inside without `privileged`.',
  },
  dind: {
    description:
      'Of earlier Sindri releases; does nothing. For Docker inside choose `runtime: sysbox-runc`, or `privileged`.',
    properties: {
      enabled: { type: 'boolean' },
      mode: { enum: ['auto', 'sysbox', 'privileged', 'socket'] },
      storageDriver: { type: 'string' },
      storageSize: { type: 'string' },
    },
  },
});

/** The same, defaults filled in. */
export type DockerOptions = core.OptionsOf<typeof optionsSchema>;
export type Spec = core.EnvironmentSpec<DockerOptions>;

export const sample: core.SampleConfig = { memory: '4GB', cpus: 2, options: { restart: 'unless-stopped' } };

const DIND_HINT = 'Choose `runtime: sysbox-runc`, or `privileged: true`, and install Docker inside.';
const DIND = { message: '`dind` does nothing: the image brings no Docker Engine.', hint: DIND_HINT };

/** What Docker cannot make, or not as it is written. */
export function validateSpec(spec: Spec): core.ConfigProblem[] {
  const { options, resources, workspace } = spec;
  const problems: core.ConfigProblem[] = [];
  if (spec.buildFromSource !== undefined) problems.push(said.sourceBuild());
  if (resources.gpu?.type === 'amd')
    problems.push({
      severity: 'error',
      blocks: 'deploy',
      code: 'DOCKER_GPU_TYPE',
      message: 'Docker hands NVIDIA GPUs to a container, and no others.',
      path: 'deployment.resources.gpu.type',
    });
  if (options.dind?.enabled === true)
    problems.push({ severity: 'warning', code: 'DOCKER_DIND', ...DIND, path: 'providers.docker.dind' });
  const message = `Only the network "bridge" publishes ports, not "${options.network}".`;
  if (options.network !== 'bridge' && (options.ports ?? []).length > 0)
    problems.push({ severity: 'warning', code: 'DOCKER_PORTS_UNUSED', message, path: 'providers.docker.ports' });
  if (workspace.path !== null && !isUnderHome(workspace.path)) problems.push(said.workspacePath(workspace.path));
  return problems;
}
