import { errorMaker, type CoreErrors, type ErrorMaker } from '@sindri/core';
import type { DockerEngineErrors } from './__generated__/docker-engine-errors.js';

/** A code that this package may raise. */
export type DockerEngineErrorCode = keyof DockerEngineErrors;

/** An error with a code and a kind of this package's registry, docs/errors.md: what happened, and what to do. */
export const engineError: ErrorMaker<DockerEngineErrors & CoreErrors> = errorMaker();
