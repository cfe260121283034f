import {
  SindriError,
  type ApplyContext,
  type ApplyResult,
  type Change,
  type JsonObject,
  type PastEventKind,
} from '@sindri/core';
import { callOf, crashed, listThings, setPower } from './client.js';
import { isInRegistry, keepsRunning } from './images.js';
import { applyBuild, withBuiltImage } from './builds.js';
import { applyKeys } from './keys.js';
import type { ReferencePlatform, Thing } from './platform.js';
import { applySecret } from './secrets.js';
import { applySnapshot } from './snapshots.js';

/** Performs one change of a plan of `planReference`. */
export async function applyReference(
  platform: ReferencePlatform,
  change: Change,
  context: ApplyContext,
): Promise<ApplyResult> {
  const { type, name } = change.resource;
  context.emit({ type: 'change.progress', change: change.id, message: 'asking the platform' });
  if (type === 'keys') return applyKeys(platform, change, context);
  if (type === 'image') return applyBuild(platform, change, context);
  if (type === 'builder' && change.action !== 'delete') throw unknownChange(change);
  if (type !== 'builder' && type !== 'volume' && type !== 'secret' && type !== 'machine' && type !== 'snapshot')
    throw unknownChange(change);
  if ('apart' in change.payload) return applySecret(platform, change, context);
  if ('snapshotOf' in change.payload || 'restores' in change.payload) return applySnapshot(platform, change, context);
  if (change.action === 'start') {
    await setPower(platform, context.spec, context, 'running');
    return { status: 'applied', result: {} };
  }
  // Looked up even for a create: an earlier run may have made it and lost the answer.
  const existing = (await listThings(platform, context.spec, context)).find(
    (thing) => thing.type === type && thing.name === name && thing.mark === context.spec.name,
  );
  if (change.action === 'delete') {
    if (existing === undefined) return { status: 'skipped', reason: 'It is gone already.', result: {} };
    await platform.write(callOf(`DELETE /${type}/${existing.id}`, context), (things) =>
      remove(platform, things, existing),
    );
    if (type === 'machine') tell('destroyed');
    return { status: 'applied', result: {} };
  }
  const planned = change.payload['settings'] as JsonObject;
  const settings =
    type === 'machine' ? { ...planned, image: withBuiltImage(String(planned['image']), context.results) } : planned;
  const wanted: Wanted = { type, name, settings };
  if (type === 'machine') requireImage(settings);
  const id = await platform.write(callOf(`PUT /${type}/${existing?.id ?? name}`, context), (things) => {
    // Made anew within one request: nobody sees a world without it.
    if (existing !== undefined && change.action === 'replace') remove(platform, things, existing);
    const kept = change.action === 'replace' ? undefined : things.find((thing) => thing.id === existing?.id);
    return kept === undefined ? create(platform, things, wanted, context) : update(platform, kept, wanted, context);
  });
  if (existing === undefined) platform.log(context.spec.name, `${type} ${name} was created`, now(context));
  if (type === 'machine') tell(existing === undefined ? 'created' : 'updated');
  if (type === 'machine' && !keepsRunning(String(settings['image']))) throw crashed(name);
  return { status: 'applied', result: { id } };

  function tell(kind: PastEventKind): void {
    const message = `machine ${name} was ${kind}`;
    platform.tell(context.spec.name, { at: now(context), kind, cause: 'user', message });
  }
}

type Wanted = Pick<Thing, 'type' | 'name' | 'settings'>;

function create(platform: ReferencePlatform, things: Thing[], wanted: Wanted, context: ApplyContext): string {
  const { spec, launchId } = context;
  const id = `${wanted.type}-${launchId}-${things.length}`;
  const made: Thing = { ...wanted, id, environment: spec.name, mark: spec.name, power: null, createdAt: now(context) };
  things.push(made);
  return update(platform, made, wanted, context);
}

function update({ inside }: ReferencePlatform, thing: Thing, { settings }: Wanted, context: ApplyContext): string {
  thing.settings = settings;
  // The only place that needs the value: from here it goes to the platform.
  if (thing.type === 'secret') inside.values.set(thing.id, context.secrets.reveal(thing.name));
  if (thing.type === 'machine') {
    inside.killAll(thing.id);
    thing.power = keepsRunning(String(settings['image'])) ? 'running' : 'failed';
  }
  return thing.id;
}

function remove({ inside }: ReferencePlatform, things: Thing[], { id }: Thing): void {
  const index = things.findIndex((thing) => thing.id === id);
  if (index >= 0) things.splice(index, 1);
  inside.forget(id);
}

function requireImage({ image }: JsonObject): void {
  if (isInRegistry(String(image))) return;
  throw new SindriError({
    code: 'REFERENCE_IMAGE_UNKNOWN',
    kind: 'refused',
    message: `The registry has no image "${String(image)}".`,
    hint: 'Check deployment.image.',
  });
}

function now({ clock }: ApplyContext): string {
  return new Date(clock.now()).toISOString();
}

function unknownChange({ id }: Change): SindriError {
  return new SindriError({
    code: 'REFERENCE_CHANGE_UNKNOWN',
    kind: 'internal',
    message: `The reference provider has never planned "${id}".`,
  });
}
