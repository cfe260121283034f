import { isInProgress } from '../platform/releases.js';
import type { ReleaseRecord } from '../records.js';
import { time } from '../rest/views.js';
import { userObject } from './token-object.js';

/** A release, in both forms that the schema has of it. Description and reason are unsure. */
export function releaseObject(release: ReleaseRecord) {
  return {
    id: release.id,
    version: release.version,
    status: release.status,
    stable: release.status === 'complete',
    inProgress: isInProgress(release),
    description: 'Release',
    reason: 'deploy',
    imageRef: release.imageRef,
    configDefinition: release.definition,
    evaluationId: '',
    user: userObject(release.user),
    createdAt: time(release.createdAt),
  };
}
