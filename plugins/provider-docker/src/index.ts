export { createDockerProvider, createDockerProvider as createProvider } from './provider.js';
export type { DockerErrorCode } from './docker-error.js';
export type { DockerOptions } from './options.js';
