import assert from 'node:assert/strict';
import type { SessionMode } from '@sindri/core';
import type { Bench } from '../bench.js';
import type { PlatformCase } from '../conformance-case.js';
import { declaredModes } from '../declared.js';
import { eventually, look, lookAtVariable, openLasting, watch } from './inside.js';
import { open, openTerminal, type } from './session-use.js';

/** A name that SSH servers let in without being asked: Debian's takes `LC_*`. */
const VARIABLE = 'LC_CONFORMANCE';
const VALUE = "it's  here";

export const processCases: readonly PlatformCase[] = [
  {
    name: 'session: variables of the request reach the process',
    platform: true,
    needs: ['session'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      assert.equal(await lookAtVariable(bench, VARIABLE, { [VARIABLE]: VALUE }), VALUE);
    },
  },
  {
    name: 'session: a signal reaches the process',
    platform: true,
    needs: ['session'],
    needsModes: ['command'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      const process = await openLasting(bench);
      process.session.signal('TERM');
      const ended = await eventually(bench, async () => !(await process.answers()));
      if (!ended) process.session.close();
      assert.ok(ended, 'the process got the signal TERM, but it still answers');
      const { code, signal } = await process.session.exited;
      assert.ok(
        signal === 'TERM' || code === 143,
        `expected signal TERM or code 143, got ${JSON.stringify({ code, signal })}`,
      );
    },
  },
  {
    name: 'session: close leaves no process behind',
    platform: true,
    needs: ['session'],
    leavesDeployed: true,
    async run(bench) {
      await bench.deploy();
      for (const mode of declaredModes(bench.provider)) await assertCloseEnds(bench, mode);
    },
  },
];

async function assertCloseEnds(bench: Bench, mode: SessionMode): Promise<void> {
  const process = watch(
    await (mode === 'command' ? open(bench, { command: 'echo pid=$$; cat' }) : openTerminal(bench)),
  );
  if (mode === 'terminal') type(process.session, "echo p''id=$$");
  const [, pid = ''] = await process.output(/pid=(\d+)/);
  process.session.close();
  await process.session.exited.catch(() => undefined);
  const gone = await eventually(
    bench,
    async () => (await look(bench, `kill -0 ${pid} 2>/dev/null && echo alive`)) !== 'alive',
  );
  assert.ok(gone, `the session was closed, but its process ${pid} (${mode}) is still there`);
}
