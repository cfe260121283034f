import assert from 'node:assert/strict';
import type { PlatformCase } from '../conformance-case.js';
import { assertCancelled, rejectionOf } from '../expectations.js';
import { goDown, stateOf } from './power.js';
import { finish, lastingRequest, open, openTerminal, plainRequest, runCommand, runLine, type } from './session-use.js';

export const sessionCases: readonly PlatformCase[] = [
  {
    name: 'session: returns the exit code',
    platform: true,
    needs: ['session'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { exit } = await runLine(bench, 'exit 7');
      assert.deepEqual(exit, { code: 7, signal: null });
    },
  },
  {
    name: 'session: keeps stdout and stderr apart',
    platform: true,
    needs: ['session'],
    needsModes: ['command'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { stdout, stderr } = await runCommand(bench, { command: 'echo out; echo err >&2' });
      assert.equal(stdout.toString(), 'out\n');
      assert.equal(stderr.toString(), 'err\n');
    },
  },
  {
    name: 'session: passes stdin on, byte by byte, to its end',
    platform: true,
    needs: ['session'],
    needsModes: ['command'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      // Every byte there is, and more of them than one buffer holds.
      const bytes = Buffer.alloc(200_000).map((_, index) => (index * 31 + (index >> 8)) & 0xff) as Buffer;
      const { stdout, exit } = await runCommand(bench, { command: 'cat' }, bytes);
      assert.equal(exit.code, 0);
      assert.ok(stdout.equals(bytes), `${bytes.length} bytes went in, ${stdout.length} came out, or not the same ones`);
    },
  },
  {
    name: 'session: a process that is killed has no ordinary exit code',
    platform: true,
    needs: ['session'],
    needsModes: ['command'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { exit } = await runCommand(bench, { command: 'kill -TERM $$' });
      const bySignal = exit.code === null && exit.signal === 'TERM';
      // Platforms that know only numbers say it as a shell does.
      const byNumber = exit.code === 128 + 15 && exit.signal === null;
      assert.ok(bySignal || byNumber, `expected signal TERM or code 143, got ${JSON.stringify(exit)}`);
    },
  },
  {
    name: 'session: a terminal has the login shell, and can be resized',
    platform: true,
    needs: ['session'],
    needsModes: ['terminal'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const session = await openTerminal(bench);
      session.resize({ columns: 132, rows: 50 });
      // Not as it is typed: a terminal shows that, too.
      type(session, 'printf re%sy ad; exit 3');
      const { exit, stdout } = await finish(session);
      assert.match(stdout.toString(), /ready/);
      assert.equal(exit.code, 3);
      // After the end, too: windows change size whenever they like.
      session.resize({ columns: 80, rows: 24 });
    },
  },
  {
    name: 'session: a command can have a terminal',
    platform: true,
    needs: ['session'],
    needsModes: ['command', 'terminal'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { exit, stdout } = await finish(await openTerminal(bench, 'echo ready; exit 4'));
      assert.match(stdout.toString(), /ready/);
      assert.equal(exit.code, 4);
    },
  },
  {
    name: 'session: without a terminal, resize does nothing',
    platform: true,
    needs: ['session'],
    needsModes: ['command'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const session = await open(bench, { command: 'exit 0' });
      session.resize({ columns: 132, rows: 50 });
      assert.equal((await finish(session)).exit.code, 0);
    },
  },
  {
    name: 'session: the login shell reads commands',
    platform: true,
    needs: ['session'],
    needsModes: ['command'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const { stdout, exit } = await runCommand(bench, {}, 'echo from the shell\nexit 5\n');
      assert.match(stdout.toString(), /from the shell/);
      assert.equal(exit.code, 5);
    },
  },
  {
    name: 'session: close ends it',
    platform: true,
    needs: ['session'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const session = await open(bench, lastingRequest(bench));
      session.close();
      await session.exited.catch(() => undefined);
      // A second time: whoever cleans up does not know who was first.
      session.close();
    },
  },
  {
    name: 'session: an aborted signal opens nothing',
    platform: true,
    needs: ['session'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const signal = AbortSignal.abort();
      const opening = bench.provider.session?.(bench.spec, plainRequest(bench), bench.context({ signal }));
      assertCancelled(await rejectionOf(Promise.resolve(opening), 'session'), signal, 'session');
    },
  },
  {
    name: 'session: wakes a sleeping environment',
    platform: true,
    needs: ['session', 'power'],
    async run(bench) {
      await bench.deploy();
      await goDown(bench);
      const { exit } = await runLine(bench, 'exit 0');
      assert.equal(exit.code, 0);
      assert.equal(await stateOf(bench), 'running', 'something ran inside, so the environment is awake');
    },
  },
];
