import { randomBytes } from 'node:crypto';
import { createWorkplace as createDesk, type Workplace } from '../e2e/sindri';
import type { EngineApi } from './engine/engine-api.js';
import type { RunningEngine } from './engine/shared-engine.js';

/** What a test's `sindri.yaml` says. */
export interface ConfigParts {
  /** Default: `sindri-test:1`. */
  image?: string;
  /** Default: `256MB`. */
  memory?: string;
  /** Default: `1`. */
  cpus?: string;
  /** Lines below `providers.docker`. */
  options?: readonly string[];
  /** Names of secrets that are taken from the variables of whoever runs the command. */
  secrets?: readonly string[];
  /** More lines below `deployment`. */
  deployment?: readonly string[];
}

/** A `sindri.yaml` for Docker. */
export function dockerConfig(name: string, parts: ConfigParts = {}): string {
  const { image = 'sindri-test:1', memory = '256MB', cpus = '1', options = [], secrets = [], deployment = [] } = parts;
  return [
    'version: "3.0"',
    `name: ${name}`,
    'deployment:',
    '  provider: docker',
    `  image: ${image}`,
    ...deployment.map((line) => `  ${line}`),
    '  resources:',
    `    memory: ${memory}`,
    `    cpus: ${cpus}`,
    ...(secrets.length === 0 ? [] : ['secrets:']),
    ...secrets.flatMap((secret) => [`  - name: ${secret}`, '    source: env']),
    ...(options.length === 0 ? [] : ['providers:', '  docker:', ...options.map((line) => `    ${line}`)]),
    '',
  ].join('\n');
}

/** The name of an environment that no other test has. */
export function newName(): string {
  return `e${randomBytes(4).toString('hex')}`;
}

/** A person's desk whose engine is the test's, and an environment on it. */
export interface DockerDesk extends Workplace {
  /** The environment's name. */
  readonly name: string;
  /** Writes `sindri.yaml`. */
  configure(parts?: ConfigParts): void;
  /** Runs a command that is to succeed and returns its stdout. */
  succeed(args: string[], options?: Parameters<Workplace['run']>[1]): Promise<string>;
  /** Everything of the environment that the engine has. */
  inventory(): Promise<string[]>;
  /** Removes the desk and whatever of the environment is left. */
  clear(): Promise<void>;
}

export function createDockerDesk({ host, api }: RunningEngine, env: Record<string, string> = {}): DockerDesk {
  const name = newName();
  const desk = createDesk({ DOCKER_HOST: host, ...env });
  const here: DockerDesk = {
    ...desk,
    name,
    configure: (parts) => void desk.write('sindri.yaml', dockerConfig(name, parts)),
    async succeed(args, options) {
      const { code, stdout, stderr } = await desk.run(args, options);
      expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
      return stdout;
    },
    inventory: () => inventoryOf(api, name),
    async clear() {
      desk.remove();
      await removeAll(api, name);
    },
  };
  return here;
}

const PATHS = { container: 'containers', volume: 'volumes', network: 'networks' } as const;

/** One line for each thing of an environment: `volume sindri-x-home`. Found by label or by name, whatever the provider believes. */
export async function inventoryOf(api: EngineApi, name: string): Promise<string[]> {
  const [containers, { Volumes }, networks] = await Promise.all([
    api.call<{ Names: string[]; Labels: Record<string, string> }[]>('GET', '/containers/json?all=1'),
    api.call<{ Volumes: { Name: string }[] | null }>('GET', '/volumes'),
    api.call<{ Name: string }[]>('GET', '/networks'),
  ]);
  const ofIt = (found: string): boolean => found.includes(name);
  return [
    ...containers
      .filter(({ Names, Labels }) => Names.some(ofIt) || Object.values(Labels).some((value) => value === name))
      .map(({ Names }) => `container ${(Names[0] ?? '').slice(1)}`),
    ...(Volumes ?? []).filter(({ Name }) => ofIt(Name)).map(({ Name }) => `volume ${Name}`),
    ...networks.filter(({ Name }) => ofIt(Name)).map(({ Name }) => `network ${Name}`),
  ].sort();
}

/** Removes what a test has left. */
export async function removeAll(api: EngineApi, name: string): Promise<void> {
  for (const line of await inventoryOf(api, name)) {
    const [type, thing] = line.split(' ') as [keyof typeof PATHS, string];
    await api.call('DELETE', `/${PATHS[type]}/${thing}?force=1`);
  }
}
