import { errorMaker, standardErrors, type CoreErrors, type ErrorMaker } from '@sindri/core';
import type { DockerEngineErrorCode, DockerEngineErrors } from '@sindri/docker-engine';
import type { DockerErrors } from './__generated__/docker-errors.js';

/** A code that this provider may raise. */
export type DockerErrorCode = keyof DockerErrors | DockerEngineErrorCode;

/** An error with a code and a kind of this provider's registry, docs/errors.md: what happened, and what to do. */
export const dockerError: ErrorMaker<DockerErrors & DockerEngineErrors & CoreErrors> = errorMaker();

/** The refusals that are the same at every platform. */
export const errors = standardErrors('DOCKER');
