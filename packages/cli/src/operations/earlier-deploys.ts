import type { Environment, Plan, PlanNote } from '@sindri/core';
import { money } from '../format/money.js';
import { core } from '../lazy.js';

/** An environment that was deployed from a config file. */
interface Deployed {
  environment: string;
  provider: string;
  /** The bill of a month as it was planned; `null` when nobody knows. */
  cost: { monthlyRunning: number; monthlyIdle: number | null; currency: string } | null;
}

/** Which environments one config file has made from this computer: whoever renames one leaves the other behind. */
export interface EarlierDeploys {
  /** A note for each that the file no longer names, so far as this computer knows. */
  leftBehind(): PlanNote[];
  /** It is about to be deployed. */
  remember(plan: Plan): Promise<void>;
  /** It was destroyed. */
  forget(): Promise<void>;
}

/** The memory of the environment's config file, in the state directory. Where there is no file, or it cannot be read, nothing is known. */
export async function readEarlierDeploys(environment: Environment): Promise<EarlierDeploys> {
  const { createFileStore, fingerprint } = core();
  const { spec, provider, file, stateDir } = environment;
  const store = createFileStore(stateDir);
  const entry = `deployed/${fingerprint(file).slice(0, 32)}.json`;
  const value = file === null ? null : await store.readJson(entry).catch(() => null);
  const known = (Array.isArray(value) ? (value as unknown[]) : []).filter(isDeployed);
  const others = known.filter((one) => one.environment !== spec.name || one.provider !== provider.name);
  const write = async (list: readonly Deployed[]) => {
    if (file === null || JSON.stringify(list) === JSON.stringify(known)) return;
    await (list.length === 0 ? store.delete(entry) : store.writeJson(entry, list as never)).catch(() => undefined);
  };
  return {
    leftBehind: () => others.map((one) => ({ level: 'info', code: 'RENAMED_ENVIRONMENT', message: textOf(one) })),
    async remember({ cost }) {
      await write([
        ...others,
        {
          environment: spec.name,
          provider: provider.name,
          cost:
            cost === null
              ? null
              : { monthlyRunning: cost.monthlyRunning, monthlyIdle: cost.monthlyIdle, currency: cost.currency },
        },
      ]);
    },
    forget: () => write(others),
  };
}

function textOf({ environment, provider, cost }: Deployed): string {
  return (
    `This file was deployed as "${environment}" on ${provider} before, and was not destroyed from here: ` +
    `as far as this computer knows, that environment is still there${costText(cost)}. ` +
    `To delete it, run \`sindri destroy\` with \`name: ${environment}\` in the file.`
  );
}

function costText(cost: Deployed['cost']): string {
  if (cost === null || (cost.monthlyRunning < 0.005 && (cost.monthlyIdle ?? 0) < 0.005)) return '';
  const idle = cost.monthlyIdle === null ? '' : `, ${money(cost.monthlyIdle, cost.currency)} asleep`;
  return ` and costs ${money(cost.monthlyRunning, cost.currency)} a month always on${idle}`;
}

function isDeployed(value: unknown): value is Deployed {
  const { environment, provider, cost } = (value ?? {}) as Partial<Deployed>;
  return (
    typeof environment === 'string' &&
    typeof provider === 'string' &&
    (cost === null || (typeof cost?.monthlyRunning === 'number' && typeof cost.currency === 'string'))
  );
}
