import type { ScriptWorld } from './script-shell.js';

/** So many lines the installer writes, evenly spread. */
const STEPS = 10;

export interface Installation {
  world: ScriptWorld;
  /** What the main process sees. */
  env: Readonly<Record<string, string>>;
  durationMs: number;
  /** Aborted when the machine ends. */
  signal: AbortSignal;
  log(message: string): void;
}

/**
 * What the Sindri image does after its sshd is up: installs a profile or a list of extensions, once for each volume, and leaves a marker at the
 * end. A machine that is suspended meanwhile goes on where it was; one that is stopped begins again.
 */
export function installExtensions({ world, env, durationMs, signal, log }: Installation): void {
  const { files, home } = world;
  const marker = `${home}/.sindri/bootstrap-complete`;
  const logFile = `${home}/.sindri/logs/install.log`;
  const what = env.INSTALL_PROFILE ? `profile ${env.INSTALL_PROFILE}` : (env.CUSTOM_EXTENSIONS ?? '');
  if (what === '' || env.SKIP_AUTO_INSTALL === 'true' || files.read(marker) !== undefined) return;
  const write = (line: string): void => {
    const before = files.read(logFile)?.toString() ?? '';
    files.write(logFile, Buffer.from(`${before}${line}\n`));
  };
  const end = (): void => {
    write(`Installed ${what}`);
    files.write(marker, Buffer.from(''));
    log(`Installation of extensions completed (${what})`);
  };
  log(`Installing extensions: ${what}`);
  write(`Installing ${what}`);
  // A machine that takes no time for it has it done before anybody can look.
  if (durationMs <= 0) return end();
  const install = async (): Promise<void> => {
    for (let step = 1; step <= STEPS; step++) {
      await world.sleep(durationMs / STEPS, signal);
      await world.awake();
      if (signal.aborted) return;
      write(`Step ${step} of ${STEPS}`);
    }
    end();
  };
  install().catch(() => undefined);
}
