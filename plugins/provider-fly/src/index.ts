export { createFlyProvider, createFlyProvider as createProvider, createFlyProvider as default } from './provider.js';
export { endpoints, type Endpoint, type EndpointName, type Repeat } from './api/endpoints.js';
