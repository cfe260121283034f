import type { Subject } from '../support/fly.js';
import { DOCUMENTS, type RecordedRun, type RecordedStep } from './recorded-runs.js';
import { missing } from './satisfies.js';

/** Ids as the platform makes them: of machines, volumes, versions, tokens; those of releases and organisations were invented. */
const ID =
  /^([0-9a-f]{14}|vol_\w{16}|v?s_\w+|[0-9A-HJKMNP-TV-Z]{26}|rel\d+[\w-]+|tok\d+|Org1\w+|[\d.]{7,15}|[0-9a-f:]{6,})$/;
const ANY_RESOURCE = /\b[0-9a-f]{14}\b|\bvol_\w{16}\b/g;
const MACHINE = {
  image: 'nginx',
  guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
  restart: { policy: 'on-failure', max_retries: 10 },
  metadata: { fly_platform_version: 'v2', fly_process_group: 'app' },
};

/** Sends the requests of recorded runs to an emulator, with its ids in the place of the recorded ones. */
export class Replay {
  /** From ids in the recording to ids of the emulator. */
  private readonly ids = new Map<string, string>();
  private readonly nonces = new Map<string, string>();

  constructor(private readonly fly: Subject) {}

  /** What the answers lack of what flyctl has read; empty = the run is satisfied. */
  async run(run: RecordedRun): Promise<string[]> {
    const problems: string[] = [];
    for (const step of run.steps) problems.push(...(await this.step(step, run)));
    return problems;
  }

  private async step(step: RecordedStep, run: RecordedRun): Promise<string[]> {
    await this.makeWhatItNames(step, run.command);
    const { call = 'POST /graphql', status = 200 } = step;
    const [method = '', target = ''] = this.translated(call).split(' ');
    const body =
      step.document === undefined
        ? step.body && this.translated(step.body)
        : { query: DOCUMENTS[step.document], variables: this.translated(step.variables ?? {}) };
    const machine = /machines\/(\w{14})/.exec(target)?.[1] ?? '';
    const nonce = step.leased ? { 'fly-machine-lease-nonce': this.nonces.get(machine) ?? '' } : undefined;
    // A state that does not come must not hold up the tests.
    const answer = await this.fly.call(method, target.replace(/timeout=\d+/, 'timeout=1'), body, nonce);
    this.learn(step.read, answer.body);
    const given = answer.body?.data?.nonce ?? answer.body?.nonce;
    if (given !== undefined) this.nonces.set(answer.body.id ?? machine, given);

    const where = step.document === undefined ? call : `document ${step.document}`;
    if (answer.status !== status) return [`${where}: ${answer.status}, not ${status}`];
    if (step.document !== undefined && run.exit === 0 && Object(step.read).errors === undefined) {
      const [error] = answer.body.errors ?? [];
      if (error) return [`${error.path[0]}: ${error.message}`];
    }
    if (step.read === undefined) return [];
    return missing(this.translated(step.read), answer.body).map((problem) => `${where}: ${problem}`);
  }

  /** Machines and volumes that are there before the command. */
  private async makeWhatItNames(step: RecordedStep, command: string): Promise<void> {
    const { read, ...request } = step;
    // A list tells of what was there, too.
    const named = /^GET .*\/(machines|volumes)$/.test(step.call ?? '') ? [request, read] : [request];
    const app = /apps\/([\w-]+)/.exec(step.call ?? '')?.[1] ?? 'demo-app';
    for (const [id] of JSON.stringify(named).matchAll(ANY_RESOURCE)) {
      if (this.ids.has(id)) continue;
      if (id.startsWith('vol_')) this.ids.set(id, await this.fly.admin.seedVolume({ app, name: 'data', sizeGb: 1 }));
      else this.ids.set(id, await this.machine(app, /machine (start|destroy \w+ -a [\w-]+$)/.test(command)));
    }
  }

  private async machine(app: string, isStopped: boolean): Promise<string> {
    const id = this.fly.admin.seedMachine({ app, config: MACHINE });
    await this.fly.admin.untilState(app, id, 'started');
    if (!isStopped) return id;
    await this.fly.post(`/v1/apps/${app}/machines/${id}/stop`);
    await this.fly.admin.untilState(app, id, 'stopped');
    return id;
  }

  private learn(read: unknown, answer: unknown): void {
    if (typeof read === 'string' && typeof answer === 'string') {
      if (ID.test(read) && read !== answer && !this.ids.has(read)) this.ids.set(read, answer);
      return;
    }
    if (typeof read !== 'object' || typeof answer !== 'object' || read === null || answer === null) return;
    for (const [key, value] of Object.entries(read)) this.learn(value, (answer as Record<string, unknown>)[key]);
  }

  private translated<T>(value: T): T {
    let text = JSON.stringify(value);
    for (const [recorded, own] of this.ids) text = text.replaceAll(recorded, own);
    return JSON.parse(text) as T;
  }
}
