import path from 'node:path';
import { importTestImages } from '../image/test-image.js';
import { engineApi, type EngineApi } from './engine-api.js';

/** An engine that somebody else starts and ends. */
export interface RunningEngine {
  readonly socketPath: string;
  /** For `DOCKER_HOST`. */
  readonly host: string;
  readonly api: EngineApi;
}

/** The engine in a directory of the keeper. */
export function engineIn(directory: string): RunningEngine {
  const socketPath = path.join(directory, 'docker.sock');
  return { socketPath, host: `unix://${socketPath}`, api: engineApi(socketPath) };
}

/**
 * The engine of this test run, with the test images in it. Other suites use it at the same time: take names of your own, remove what
 * you make, and never end it; `startEngine` makes one that may be ended.
 */
export async function sharedEngine(): Promise<RunningEngine> {
  const directory = process.env.SINDRI_TEST_ENGINE;
  if (directory === undefined) throw new Error('the engine of the test run was not started');
  const engine = engineIn(directory);
  await importTestImages(engine.api);
  return engine;
}
