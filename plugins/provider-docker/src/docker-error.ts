import { errorMaker, standardErrors, standardNotes, standardProblems } from '@sindri/core';
import type { CoreErrors, ErrorMaker, StandardErrorCode } from '@sindri/core';
import type { DockerEngineErrorCode, DockerEngineErrors } from '@sindri/docker-engine';

interface OwnErrors {
  DOCKER_SSH_UNAVAILABLE: 'refused';
}

/** A code that this provider may raise; docs/errors.md is the registry. */
export type DockerErrorCode = StandardErrorCode<'DOCKER'> | keyof OwnErrors | DockerEngineErrorCode;

/** An error with a code and a kind of the registry: what happened, and what to do. */
export const dockerError: ErrorMaker<OwnErrors & DockerEngineErrors & CoreErrors> = errorMaker();

/** What is the same at every platform: refusals, remarks about a plan, problems of a config. */
export const errors = standardErrors('DOCKER');
export const remarks = standardNotes('DOCKER');
export const said = standardProblems('DOCKER');
