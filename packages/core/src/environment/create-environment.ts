import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { OperationContext } from '../model/context.js';
import type { SindriError } from '../model/errors.js';
import type { Hold } from '../model/hold.js';
import type { Plan } from '../model/plan.js';
import type { ConfigProblem } from '../model/problem.js';
import type { EnvironmentSpec } from '../model/spec.js';
import { requireWithinBudget } from '../plan/budget.js';
import { requireSeen } from '../plan/complete-plan.js';
import { withExpected } from '../plan/expected-cost.js';
import { callProvider, callProviderNow } from '../provider/call.js';
import type { Capability, Power, PowerResult, Provider, TunnelPeers } from '../provider/contract.js';
import { readDial, readEvents, readExec, readHold, readInstance, readLogs, readSession } from '../provider/requests.js';
import { requireCostReport } from '../provider/cost-shape.js';
import { requireAgentForwarding } from '../provider/agent-forwarding.js';
import { requireSessionMode } from '../provider/session-modes.js';
import { redactError } from '../redact/redacted.js';
import { createConsentMemory } from './consents.js';
import type { Environment, InstanceOptions } from './environment.js';
import { followLogs } from './follow-logs.js';
import { listSecrets } from './list-secrets.js';
import { createLastLook, sawEverything } from './last-look.js';
import { explainEnd, runOperation, type CallOptions, type OperationHost, type OperationSettings } from './operation.js';
import {
  applyPlan,
  currentBasis,
  findImage,
  makePlan,
  observe,
  requireOwnPlan,
  type PlanBasis,
  type PlanningSubject,
} from './planning.js';
import { coreError } from '../model/core-error.js';

/** Everything that an {@link Environment} is made of. */
export interface EnvironmentParts {
  spec: EnvironmentSpec;
  provider: Provider;
  /** What people call the place. Default: the provider's title. */
  title?: string;
  warnings: readonly ConfigProblem[];
  file: string | null;
  /** What stops a deploy, and nothing else. Default: nothing. */
  deployProblems?: readonly ConfigProblem[];
  resolveSecrets: PlanningSubject['resolveSecrets'];
  /** How images are found. Default: not at all. */
  images?: PlanningSubject['images'];
  /** How git repositories are read. Default: not at all. */
  sources?: PlanningSubject['sources'];
  host: OperationHost;
}

export function createEnvironment(parts: EnvironmentParts): Environment {
  const { spec, provider, warnings, file, deployProblems = [], host } = parts;
  const { redactor } = host;
  const { resolveSecrets } = parts;
  const subject: PlanningSubject = {
    spec,
    provider,
    title: parts.title ?? provider.title,
    redactor,
    warnings,
    deployProblems,
    resolveSecrets,
    consents: createConsentMemory(host.stateDir),
    images: parts.images ?? null,
    sources: parts.sources ?? null,
  };
  const made = new WeakMap<Plan, PlanBasis>();
  const lastLook = createLastLook(host.clock);

  return {
    spec,
    provider,
    warnings,
    file,
    stateDir: host.stateDir,
    redactor,
    check: (options = {}) =>
      run('check', options, async (context) =>
        redactor.value(await callProvider(provider, 'check', () => provider.check({ spec }, context))),
      ),
    observe: (options = {}) => run('observe', options, (context) => observe(subject, context)),
    image: (options = {}) => run('image', options, async (context) => (await findImage(subject, context)).image),
    plan: (options = {}) =>
      run('plan', options, async (context) => {
        const known = lastLook.after(options.after);
        const basis = await makePlan(subject, options, context, known);
        const { plan, observation, observedAt } = basis;
        // What rests on an earlier look is looked at anew before it is applied.
        if (known !== null) return plan;
        made.set(plan, basis);
        if (plan.changes.length === 0 && sawEverything(plan)) lastLook.remember(plan, observation, observedAt);
        return plan;
      }),
    apply: (plan, options = {}) =>
      run({ name: 'apply', waitsForBody: true, timeoutMs: options.timeoutMs }, options, async (context) => {
        requireOwnPlan(subject, plan);
        requireSeen(plan);
        requireWithinBudget(plan);
        const remembered = made.get(plan);
        // From here on the world differs from what this plan saw.
        made.delete(plan);
        lastLook.forget();
        const basis = await currentBasis(subject, plan, remembered, context, options);
        const { report, seen } = await applyPlan(subject, basis, options, context);
        if (seen !== null) lastLook.remember(plan, seen, basis.observedAt);
        return report;
      }),
    status: (options = {}) =>
      run('status', options, async (context) => {
        const observation = lastLook.after(options.after) ?? (await observe(subject, context, { purpose: 'summary' }));
        const summary = callProviderNow(provider, 'summarize', () => provider.summarize(spec, observation));
        redactor.allow(summary.platformState ?? '');
        return summary.cost === null ? summary : { ...summary, cost: withExpected(summary.cost) };
      }),
    start: (options = {}) => switchPower('start', options),
    stop: (options = {}) => switchPower('stop', options),
    suspend: (options = {}) => switchPower('suspend', options),
    restart: (options = {}) => run('restart', options, (context) => restart(context, options)),
    session: (request, options = {}) =>
      run({ name: 'session', endOf: (session) => session.exited }, options, async (context) => {
        const session = await capability('session', (open) => {
          requireSessionMode(provider, request);
          requireAgentForwarding(provider, request);
          return open(spec, readSession(provider, request), context);
        });
        return unlessAborted(context, session, () => session.close());
      }),
    exec: (request, options = {}) =>
      run('exec', options, (context) => capability('exec', (exec) => exec(spec, readExec(request), context))),
    dial: (request, options = {}) =>
      run({ name: 'dial', endOf: (stream) => once(stream, 'close') }, options, async (context) => {
        const stream = await capability('dial', (dial) => dial(spec, readDial(provider, request), context));
        return unlessAborted(context, stream, () => stream.destroy());
      }),
    sshTarget: (options = {}) =>
      run('sshTarget', options, (context) =>
        capability('sshTarget', (target) =>
          target(spec, context, readInstance(provider, 'sshTarget', options.instance)),
        ),
      ),
    sshStream: (options = {}) =>
      run({ name: 'sshStream', endOf: (stream) => once(stream, 'close') }, options, async (context) => {
        if (provider.sshStream === undefined) throw unsupported(provider, 'sshTarget', 'sshStream');
        const opening = () => provider.sshStream?.(spec, context) as Promise<Duplex>;
        const stream = await callProvider(provider, 'sshStream', opening);
        return unlessAborted(context, stream, () => stream.destroy());
      }),
    logs: (request, options = {}) =>
      followLogs(host, options, provider, (context) => bound('logs')(spec, readLogs(request), context)),
    keys: (options = {}) =>
      run('keys', options, async (context) => {
        const { keys } = provider;
        if (keys === undefined) throw unsupported(provider, 'keys', 'keys');
        return redactor.value(await callProvider(provider, 'keys.list', () => keys.list(spec, context)));
      }),
    secrets: (options = {}) =>
      run('secrets', options, async (context) => {
        const { secrets } = provider;
        if (secrets === undefined) throw unsupported(provider, 'secrets', 'secrets');
        return redactor.value(await listSecrets(subject, secrets, context));
      }),
    snapshots: (options = {}) =>
      run('snapshots', options, async (context) => {
        const { snapshots } = provider;
        if (snapshots === undefined) throw unsupported(provider, 'snapshots', 'snapshots');
        return redactor.value(await callProvider(provider, 'snapshots.list', () => snapshots.list(spec, context)));
      }),
    tunnelPeers: (options = {}) =>
      run('tunnelPeers', options, async (context) => {
        const listed = callProvider(provider, 'tunnelPeers.list', () => requirePeers().list(spec, context));
        return redactor.value(await listed);
      }),
    removeTunnelPeer: (name, options = {}) =>
      run('removeTunnelPeer', options, (context) =>
        callProvider(provider, 'tunnelPeers.remove', () => requirePeers().remove(spec, name, context)),
      ),
    cost: (options = {}) =>
      run('cost', options, (context) =>
        capability('cost', async (cost) =>
          redactor.value(withExpected(requireCostReport(provider, await cost(spec, context)), options.hours)),
        ),
      ),
    events: (request = {}, options = {}) =>
      run('events', options, (context) =>
        capability('events', async (events) => redactor.value(await events(spec, readEvents(request), context))),
      ),
    hold: (request, options = {}) =>
      run({ name: 'hold', waitsForBody: true, endOf: (hold) => hold.ended }, options, async (context) => {
        const hold = await capability('hold', (take) => take(spec, readHold(provider, request), context));
        return explained(context, hold);
      }),
    diagnose: (options = {}) =>
      run('diagnose', options, (context) =>
        capability('diagnose', async (diagnose) => redactor.value(await diagnose(spec, context))),
      ),
    artifacts: () => callProviderNow(provider, 'artifacts', () => bound('artifacts')(spec)),
  };

  /** What has gone wrong later is told as what goes wrong at once is. */
  function explained(context: OperationContext, hold: Hold): Hold {
    const ended = hold.ended.catch((error: unknown) => {
      throw redactError(redactor, explainEnd(error, context.signal));
    });
    // Whoever does not wait for the end must not be ended by it.
    ended.catch(() => undefined);
    return { until: hold.until, by: [...hold.by], ended, release: () => hold.release() };
  }

  function run<T>(
    operation: string | OperationSettings<T>,
    options: CallOptions,
    body: (context: OperationContext) => Promise<T>,
  ): Promise<T> {
    return runOperation(host, typeof operation === 'string' ? { name: operation } : operation, options, body);
  }

  function requirePeers(): TunnelPeers {
    const { tunnelPeers } = provider;
    if (tunnelPeers === undefined) throw unsupported(provider, 'tunnelPeers', 'tunnelPeers');
    return tunnelPeers;
  }

  function switchPower(
    how: 'start' | 'stop' | 'suspend',
    options: CallOptions & InstanceOptions,
  ): Promise<PowerResult> {
    return run(how, options, async (context) => {
      lastLook.forget();
      const power: Power | undefined = provider.power;
      if (power === undefined) throw unsupported(provider, 'power', how);
      if (power[how] === undefined) throw unsupportedPower(provider, how === 'stop' ? 'stop' : 'suspend');
      const request = readInstance(provider, 'power', options.instance);
      return callProvider(provider, `power.${how}`, () => power[how]?.(spec, context, request) as Promise<PowerResult>);
    });
  }

  async function restart(context: OperationContext, options: InstanceOptions): Promise<PowerResult> {
    lastLook.forget();
    const power: Power | undefined = provider.power;
    if (power === undefined) throw unsupported(provider, 'power', 'restart');
    const request = readInstance(provider, 'power', options.instance);
    const call = (how: 'restart' | 'stop' | 'start'): Promise<PowerResult> =>
      callProvider(provider, `power.${how}`, () => power[how]?.(spec, context, request) as Promise<PowerResult>);
    if (power.restart !== undefined) return call('restart');
    if (power.stop === undefined) throw unsupportedPower(provider, 'stop');
    const { before } = await call('stop');
    const { after } = await call('start');
    return { before, after };
  }

  function capability<C extends AsyncCapability, R>(
    name: C,
    use: (member: NonNullable<Provider[C]>) => Promise<R>,
  ): Promise<R> {
    const member = bound(name);
    return callProvider(provider, name, () => use(member));
  }

  function bound<C extends MethodCapability>(name: C): NonNullable<Provider[C]> {
    const member = provider[name];
    if (member === undefined) throw unsupported(provider, name, name);
    // A provider may be written as a class.
    return (member as (...args: unknown[]) => unknown).bind(provider) as NonNullable<Provider[C]>;
  }
}

type AsyncCapability = 'session' | 'exec' | 'dial' | 'sshTarget' | 'events' | 'cost' | 'hold' | 'diagnose';
type MethodCapability = AsyncCapability | 'logs' | 'artifacts';

function unsupported(provider: Provider, capability: Capability, what: string): SindriError {
  const others = provider.capabilities.join(', ');
  return coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${provider.name}" has no "${what}".`,
    hint: others === '' ? 'It has no optional capability at all.' : `It has: ${others}.`,
    details: { provider: provider.name, capability, capabilities: [...provider.capabilities] },
  });
}

/** One of the two ways down is always there. */
function unsupportedPower({ name, capabilities }: Provider, missing: 'stop' | 'suspend'): SindriError {
  const [cannot, instead] =
    missing === 'stop'
      ? ['stop an environment: it can only suspend it', 'Use suspend, which keeps memory.']
      : ['suspend an environment: it can only stop it', 'Use stop, which ends the processes.'];
  return coreError({
    code: 'CAPABILITY_UNSUPPORTED',
    kind: 'usage',
    message: `The provider "${name}" cannot ${cannot}.`,
    hint: instead,
    details: { provider: name, capability: 'power', member: missing, capabilities: [...capabilities] },
  });
}

/** The caller may have gone while the provider was still opening; then nobody would ever close what it opened. */
function unlessAborted<T>(context: OperationContext, value: T, close: () => void): T {
  if (!context.signal.aborted) return value;
  close();
  throw context.signal.reason;
}
