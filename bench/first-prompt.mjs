// How long a person waits for the prompt of a running environment, in a terminal, beside an empty Node in the same terminal.
import { createRequire } from 'node:module';
import { median } from './median.mjs';

const require = createRequire(import.meta.url);
const rounds = 9;
const goal = 3.5;
/** What shells of ours and of Debian end their prompt with. */
const PROMPT = /[$#>] (?:\u001b\[[\d;?]*[a-zA-Z])*$/;

/** One row for `args`, which must open a shell. */
export async function measureFirstPrompt(args, place) {
  const pairs = [];
  for (let round = 0; round <= rounds; round += 1) {
    const bareMs = await timeInTerminal(['-e', '0'], place, null);
    const ms = await timeInTerminal(args, place, PROMPT);
    // The first pair warms caches.
    if (round > 0) pairs.push({ bareMs, ms });
  }
  const ratio = median(pairs.map(({ ms, bareMs }) => ms / bareMs));
  const [ms, bareMs] = ['ms', 'bareMs'].map((key) => Math.round(median(pairs.map((pair) => pair[key]))));
  return {
    what: 'sindri connect --local to the first prompt, against bare node',
    measured: `${ratio.toFixed(2)}× (${ms} against ${bareMs} ms)`,
    target: `≤ ${goal.toFixed(1)}×`,
    ok: ratio <= goal,
  };
}

/** To the first text that matches, or to the end. */
function timeInTerminal(args, { cwd, env }, pattern) {
  const { spawn } = require('@lydell/node-pty');
  const start = performance.now();
  const pty = spawn(process.execPath, args, { cols: 80, rows: 24, name: 'xterm-256color', cwd, env });
  let printed = '';
  return new Promise((resolve, reject) => {
    let found = false;
    pty.onData((text) => {
      printed += text;
      if (found || pattern === null || !pattern.test(printed)) return;
      found = true;
      resolve(performance.now() - start);
      pty.write('exit\r');
    });
    pty.onExit(() => {
      if (pattern === null) resolve(performance.now() - start);
      else if (!found) reject(new Error(`no prompt: ${JSON.stringify(printed)}`));
    });
  });
}
