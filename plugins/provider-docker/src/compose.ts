import type { Artifact } from '@sindri/core';
import { composeDocument } from '@sindri/docker-engine';
import { stringify } from 'yaml';
import { markOf, namesOf, recipeOf, settingsOf } from './settings.js';
import type { Spec } from './shapes.js';

const HEAD =
  '# Made by `sindri config render`. Secrets are taken from the environment, and stand in `docker inspect`.\n';

/** A file that makes the same container with `docker compose up`. Secrets come from the variables of whoever runs it. */
export function composeFile(spec: Spec): Artifact[] {
  const { container, volume } = namesOf(spec.name);
  const settings = settingsOf(spec, [], volume);
  const document = composeDocument(recipeOf(spec.name, settings), {
    service: spec.name,
    container,
    passed: spec.secrets.map(({ name }) => name),
    volumeLabels: { [volume]: markOf(spec.name, { role: 'home', generation: 1 }) },
    networkLabels: settings.network === 'bridge' ? markOf(spec.name) : null,
  });
  return [{ name: 'compose.yaml', mediaType: 'application/yaml', content: HEAD + stringify(document) }];
}
