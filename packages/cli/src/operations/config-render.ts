import path from 'node:path';
import type { Artifact, Environment } from '@sindri/core';
import type { Shell } from '../shell.js';
import { coreError } from '../error.js';
import { writeFile } from './write-file.js';

export interface RenderRequest {
  /** Only the file of this name. */
  name?: string;
  /** Write the files here instead of printing them. */
  outDir?: string;
  force: boolean;
}

export interface RenderResult {
  schema: 'sindri.config-render/1';
  environment: string;
  provider: string;
  artifacts: Artifact[];
  /** Absolute names of the files that were written. */
  written: string[];
}

/** The files that a provider generates from the config. A file that exists is kept, unless forced: `FILE_EXISTS`. */
export async function render(environment: Environment, shell: Shell, request: RenderRequest): Promise<RenderResult> {
  const artifacts = select(environment.artifacts(), request.name);
  const written =
    request.outDir === undefined
      ? []
      : await writeAll(artifacts, path.resolve(shell.cwd, request.outDir), request.force);
  return {
    schema: 'sindri.config-render/1',
    environment: environment.spec.name,
    provider: environment.provider.name,
    artifacts,
    written,
  };
}

function select(artifacts: Artifact[], wanted: string | undefined): Artifact[] {
  if (wanted === undefined) return artifacts;
  const found = artifacts.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  throw coreError({
    code: 'USAGE',
    kind: 'usage',
    message: `There is no file ${wanted}.`,
    hint: `There is: ${artifacts.map(({ name }) => name).join(', ')}`,
  });
}

async function writeAll(artifacts: Artifact[], directory: string, force: boolean): Promise<string[]> {
  const written: string[] = [];
  for (const { name, content } of artifacts) {
    // A provider is somebody else's code: its names must stay in the directory.
    const file = path.join(directory, path.basename(name));
    if (!(await writeFile(file, content, { replace: force }))) {
      throw coreError({
        code: 'FILE_EXISTS',
        kind: 'usage',
        message: `${file} exists already.`,
        hint: 'Give --force to replace it, or --out-dir another directory.',
        details: { file },
      });
    }
    written.push(file);
  }
  return written;
}
