import { makeDiagnosis, type Diagnosis, type OperationContext } from '@sindri/core';
import { diagnoseContainer, diagnoseEngine, type OpenEngine } from '@sindri/docker-engine';
import { homePath } from '@sindri/image-contract';
import { observeDocker } from './observe.js';
import type { Spec } from './options.js';
import { summarizeDocker } from './summarize.js';
import { sortWorld } from './world.js';

/** What is wrong: with the engine, with the container, else by the state alone. An image that is gone is pulled by the next deploy. */
export async function diagnoseDocker(open: OpenEngine, spec: Spec, context: OperationContext): Promise<Diagnosis> {
  return diagnoseEngine(open, context, async (engine) => {
    const seen = await observeDocker(engine, spec, context);
    const { data, owned } = sortWorld(seen).container;
    const inside = data && owned ? await diagnoseContainer(engine, data, homePath, context) : null;
    return makeDiagnosis(seen, summarizeDocker(spec, seen), inside);
  });
}
