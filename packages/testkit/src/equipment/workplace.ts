import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openEnvironment, type Environment, type OpenEnvironmentOptions, type Provider } from '@sindri/core';

/** What a workplace is made of. */
export interface WorkplaceOptions {
  /** The providers that its configs may name. */
  providers: Iterable<Provider>;
  /** The text of `sindri.yaml`. */
  config: string;
  /** More variables, beside `HOME`. Nothing of the computer's own is in them. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** A person's desk in a temporary directory: a home, a project with a `sindri.yaml`, and a place for state. */
export interface Workplace {
  readonly home: string;
  readonly project: string;
  readonly stateDir: string;
  /** What the environment of the person's shell is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a file of the project and returns its path. */
  write(file: string, text: string): string;
  /** Opens the environment of the project's `sindri.yaml`, as a program would. Several may be open at once. */
  open(options?: Partial<OpenEnvironmentOptions>): Promise<Environment>;
  /** Removes everything. Safe to repeat. */
  remove(): void;
}

/** Sets up a workplace. Whoever makes one removes it: `afterEach(() => workplace.remove())`. */
export function createWorkplace({ providers, config, env = {} }: WorkplaceOptions): Workplace {
  const root = mkdtempSync(join(tmpdir(), 'sindri-workplace-'));
  const [home, project, stateDir] = ['home', 'project', 'state'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [home, project, stateDir]) mkdirSync(directory, { mode: 0o700 });
  const workplace: Workplace = {
    home,
    project,
    stateDir,
    env: { HOME: home, USERPROFILE: home, ...env },
    write(file, text) {
      const path = resolve(project, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    open: (options = {}) => openEnvironment({ cwd: project, providers, env: workplace.env, stateDir, ...options }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  workplace.write('sindri.yaml', config);
  return workplace;
}
