import { spawn } from 'node:child_process';
import path from 'node:path';
import { createWorkplace, root } from './sindri';

/** The README's first command. Set-up and build are done by the time this runs, so it shows the main job only. */
it('npm start takes the Quick Start through its whole life and leaves nothing', async () => {
  const workplace = createWorkplace();
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: workplace.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  workplace.remove();
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  expect(output).toMatch(/\$\d+/);
  expect(output).toMatch(/hello from developer on my-sindri-fly/);
  expect(output).toContain('Nothing: no app');
  expect(output).toContain('./sindri connect --local');
}, 300_000);
