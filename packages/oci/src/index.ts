export {
  isLoopback,
  readReference,
  readRepository,
  referenceText,
  registryOrigin,
  repositoryText,
  type Reference,
  type Repository,
} from './reference.js';
export { dockerDirectory, readDockerJson, type DockerHome } from './docker-config.js';
export { credentialsFor, type Credentials, type CredentialsPlace } from './docker-credentials.js';
export type { HelperAnswer } from './credential-helper.js';
export {
  createRegistryClient,
  type RegistryCall,
  type RegistryClient,
  type RegistryClientOptions,
} from './registry-client.js';
export {
  choosePlatform,
  digestOf,
  platformText,
  platformsOf,
  readPlatform,
  type Descriptor,
  type Manifest,
  type ManifestContent,
  type Platform,
} from './manifest.js';
export type { RegistryErrors } from './__generated__/registry-errors.js';
export type { ImageDescription } from './describe-image.js';
export { sortTags } from './sort-tags.js';
export { createImageSource, type ImageSourceOptions, type RegistryImageSource } from './image-source.js';
export type { TrustSource } from './verification.js';
