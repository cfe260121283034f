import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { engineIn, type RunningEngine } from './shared-engine.js';

const PREFIX = 'sindri-docker-';

/** A Docker Engine of this test alone: nothing of the computer's own engine is seen or touched. */
export interface TestEngine extends RunningEngine {
  /** What dockerd has written so far. */
  log(): string;
  /** Ends dockerd as an administrator does (`TERM`) or as a crash does (`KILL`); images, containers and volumes stay. */
  end(signal: 'TERM' | 'KILL'): Promise<void>;
  /** Starts it again after {@link TestEngine.end}. */
  start(): Promise<void>;
  /** Ends it and removes everything. Safe to repeat. Happens by itself when the test's process ends, however it ends. */
  stop(): Promise<void>;
}

/**
 * Starts `dockerd` with its own data, socket and containerd in a temporary directory, without iptables and without the default
 * bridge, in its own PID and mount namespace. Needs root, see `gate.ts`. It is ready in less than a second.
 *
 * What is different from an everyday engine: there is no default bridge, so a container without a network has only its loopback;
 * networks of one's own work, and so do published loopback ports, but no packet leaves the computer. `podman` starts Podman's service, which
 * has the same API; it leaves empty chains of its network plugin in iptables.
 */
export async function startEngine(kind: 'docker' | 'podman' = 'docker'): Promise<TestEngine> {
  removeStale();
  // Short: the path of a unix socket has at most 107 bytes.
  const directory = mkdtempSync(path.join(tmpdir(), PREFIX));
  const keeper = spawn('unshare', ['--mount', process.execPath, path.join(__dirname, 'keeper.js'), directory, kind], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exited = once(keeper, 'exit');
  const answers = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();

  const ask = async (command: string): Promise<string> => {
    keeper.stdin.write(`${command}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw new Error('the keeper of the engine has ended');
    return value;
  };
  const engine: TestEngine = {
    ...engineIn(directory),
    log: () => readFileSync(path.join(directory, 'dockerd.log'), 'utf8'),
    async end(signal) {
      await ask(`end ${signal}`);
    },
    async start() {
      const answer = await ask('start');
      if (answer !== 'ready') throw new Error(`the engine does not start: ${answer}`);
    },
    async stop() {
      keeper.stdin.end();
      await exited;
    },
  };
  try {
    await engine.start();
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** Directories whose keeper was killed together with its tests; dockerd has ended with it. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = path.join(tmpdir(), name);
    try {
      const pid = Number(readFileSync(path.join(directory, 'keeper.pid'), 'utf8'));
      if (pid > 0 && !isAlive(pid)) rmSync(directory, { recursive: true, force: true });
    } catch {
      // Being made, or being removed by its own keeper.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
