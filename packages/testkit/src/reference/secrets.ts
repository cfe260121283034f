import {
  type ApplyContext,
  type ApplyResult,
  type Change,
  type EnvironmentSpec,
  type Observation,
  type OperationContext,
  type PlanRequest,
  type PresentSecret,
  type ProviderPlan,
  type SecretInfo,
} from '@sindri/core';
import { callOf, listThings } from './client.js';
import type { ReferencePlatform, Thing } from './platform.js';

/** What `settings` of a secret says that no config has set. */
interface ApartSettings {
  fingerprint: string;
  /** Set by an act of its own: a deploy does not remove it. */
  apart: true;
  /** The value that is set is not the one inside yet: another one, or none. */
  staged?: 'set' | 'removed';
}

/** Secrets beside the config. What is staged is inside only after a `secrets.deploy`. */
export function planSecrets(
  request: Extract<PlanRequest, { intent: 'secrets.set' | 'secrets.deploy' | 'secrets.protect' }>,
  { resources }: Observation,
): ProviderPlan {
  const present = resources.filter(({ type, status, owned }) => type === 'secret' && status === 'present' && owned);
  const settingsOf = (name: string): Partial<ApartSettings> | undefined =>
    present.find((secret) => secret.name === name)?.data?.['settings'] as Partial<ApartSettings> | undefined;
  if (request.intent === 'secrets.deploy') {
    const waiting = present.filter(({ name }) => settingsOf(name)?.staged !== undefined);
    return planned(waiting.map(({ name }) => secretChange(name, 'bring in', { arrive: true })));
  }
  if (request.intent === 'secrets.protect') {
    // Core asks for the intents of our capability only.
    throw new TypeError('This platform mints no tokens.');
  }
  const { stage = false, secrets, unset } = request;
  return planned([
    ...secrets
      .filter(({ name, fingerprint }) => {
        const settings = settingsOf(name);
        return settings?.fingerprint !== fingerprint || (settings.staged !== undefined && !stage);
      })
      .map(({ name, fingerprint }) => secretChange(name, stage ? 'stage' : 'set', { put: { fingerprint, stage } })),
    ...unset
      .filter((name) => settingsOf(name) !== undefined)
      .map((name) => secretChange(name, 'remove', { take: { stage } })),
  ]);
}

/** Performs a change of {@link planSecrets}. Safe to repeat. */
export async function applySecret(
  platform: ReferencePlatform,
  { resource: { name }, payload }: Change,
  context: ApplyContext,
): Promise<ApplyResult> {
  const { inside } = platform;
  const { spec, clock } = context;
  await platform.write(callOf(`PUT /secret/${name}`, context), (things) => {
    const known = things.find((thing) => thing.type === 'secret' && thing.name === name && thing.mark === spec.name);
    const put = payload['put'] as { fingerprint: string; stage: boolean } | undefined;
    if (put !== undefined) {
      const secret = known ?? made(name);
      if (known === undefined) things.push(secret);
      const settings: ApartSettings = { fingerprint: put.fingerprint, apart: true };
      secret.settings = { ...settings, ...(put.stage ? { staged: 'set' } : {}) };
      inside.values.set(put.stage ? next(secret) : secret.id, context.secrets.reveal(name));
    } else if (known !== undefined && (payload['take'] as { stage?: boolean } | undefined)?.stage === true) {
      known.settings = { ...known.settings, staged: 'removed' };
    } else if (known !== undefined && (payload['take'] !== undefined || known.settings['staged'] === 'removed')) {
      things.splice(things.indexOf(known), 1);
      inside.forget(known.id);
    } else if (known !== undefined && known.settings['staged'] === 'set') {
      const { staged: _staged, ...settings } = known.settings;
      known.settings = settings;
      inside.values.set(known.id, inside.values.get(next(known)) ?? '');
    }
  });
  return { status: 'applied', result: {} };

  function made(secret: string): Thing {
    const createdAt = new Date(clock.now()).toISOString();
    const id = `secret-${context.launchId}-${secret}`;
    return {
      id,
      type: 'secret',
      name: secret,
      environment: spec.name,
      mark: spec.name,
      settings: {},
      power: null,
      createdAt,
    };
  }
}

/** Every secret that is set, and those that are removed and still inside. */
export async function listSecrets(
  platform: ReferencePlatform,
  spec: EnvironmentSpec,
  { local }: { local: readonly SecretInfo[] },
  context: OperationContext,
): Promise<PresentSecret[]> {
  const things = await listThings(platform, spec, context);
  return things
    .filter(({ type, mark }) => type === 'secret' && mark === spec.name)
    .map(({ name, createdAt, settings }): PresentSecret => {
      const { fingerprint, staged } = settings as Partial<ApartSettings>;
      const here = local.find((secret) => secret.name === name);
      return {
        name,
        digest: null,
        updatedAt: createdAt,
        state: staged === undefined ? 'live' : staged === 'set' ? 'staged' : 'removed',
        ...(here === undefined ? {} : { local: here.fingerprint === fingerprint ? 'same' : 'differs' }),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where the value waits that is not inside yet. */
function next({ id }: Thing): string {
  return `${id}:next`;
}

function planned(changes: Change[]): ProviderPlan {
  return { changes, notes: [], cost: null };
}

function secretChange(name: string, verb: string, payload: Change['payload']): Change {
  return {
    id: `secret:${name}:apart`,
    action: 'update',
    resource: { type: 'secret', name },
    title: `${verb} secret ${name}`,
    differences: [],
    impact: ['in-place'],
    monthlyCostDelta: null,
    dependsOn: [],
    payload: { apart: true, ...payload },
  };
}
