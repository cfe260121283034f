import { standardErrors, standardNotes, standardProblems, type StandardErrorCode } from '@sindri/core';
import type { DockerEngineErrorCode } from '@sindri/docker-engine';

/** A code that this provider may raise; docs/errors.md is the registry. */
export type DockerErrorCode = StandardErrorCode<'DOCKER'> | DockerEngineErrorCode;

/** What is said in the same words at every platform: refusals, remarks about a plan, problems of a config. */
export const errors = standardErrors('DOCKER');
export const remarks = standardNotes('DOCKER');
export const said = standardProblems('DOCKER');
