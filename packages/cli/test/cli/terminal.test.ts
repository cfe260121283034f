import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TerminalProgram } from '../../../../test/pseudo-terminal';
import { openPty as openOne, openShell } from './pty';
import { createWorkplace, type Workplace } from './workplace';

// Each command is a process of its own, on a machine that may be busy.
jest.setTimeout(120_000);

describe('at a terminal', () => {
  let workplace: Workplace;
  beforeEach(() => {
    workplace = createWorkplace();
    workplace.config();
  });
  afterEach(() => {
    for (const pty of ptys.splice(0)) pty.kill();
    workplace.remove();
  });

  const ptys: TerminalProgram[] = [];
  const openPty: typeof openOne = (...args) => {
    const pty = openOne(...args);
    ptys.push(pty);
    return pty;
  };

  const state = async () => (await workplace.json(['status'])).document['state'];

  it('deploy asks, and takes only a yes for one', async () => {
    const refused = openPty(workplace, ['deploy']);
    await refused.expect(/Deploy\? \[y\/N\] /);
    refused.type('\r');
    expect(await refused.exited).toBe(130);
    expect(refused.printed()).toContain('Nothing was changed.');
    expect(await state()).toBe('absent');

    const agreed = openPty(workplace, ['deploy']);
    await agreed.expect(/take a white sheet[\s\S]*Deploy\? \[y\/N\] /);
    agreed.type('y\r');
    await agreed.expect(/is deployed/);
    expect(await agreed.exited).toBe(0);
    expect(await state()).toBe('running');
  });

  it('destroy wants the name', async () => {
    await workplace.run(['deploy']);
    const wrong = openPty(workplace, ['destroy']);
    await wrong.expect(/Type the name of the environment \(sheet-one\)/);
    wrong.type('yes\r');
    expect(await wrong.exited).toBe(130);
    expect(await state()).toBe('running');

    const right = openPty(workplace, ['destroy']);
    await right.expect(/Type the name of the environment/);
    right.type('sheet-one\r');
    expect(await right.exited).toBe(0);
    expect(await state()).toBe('absent');
  });

  it('Ctrl-C at a question changes nothing', async () => {
    const asked = openPty(workplace, ['deploy']);
    await asked.expect(/Deploy\? \[y\/N\] /);
    asked.type('\u0003');
    expect(await asked.exited).toBe(130);
    expect(await state()).toBe('absent');
  });

  it('nothing is asked with --no-input, or in CI', async () => {
    await workplace.run(['deploy']);
    for (const [args, env] of [
      [['destroy', '--no-input'], {}],
      [['destroy'], { SINDRI_NO_INPUT: '1' }],
      [['destroy'], { CI: 'true' }],
      [['destroy', '--json'], {}],
    ] as [string[], Record<string, string>][]) {
      const silent = openPty(workplace, args, env);
      expect({ args, code: await silent.exited }).toEqual({ args, code: 2 });
      expect(silent.printed()).toContain('--yes');
    }
    expect(await state()).toBe('running');
  });

  it('the first Ctrl-C ends the work, and the report says what was reached', async () => {
    workplace.config({ trouble: 'slow' });
    const deploy = openPty(workplace, ['deploy', '--yes']);
    await deploy.expect(/take a white sheet[\s\S]*⠋/);
    deploy.type('\u0003');
    expect(await deploy.exited).toBe(130);
    expect(deploy.printed()).toContain('OPERATION_CANCELLED');
    // The cursor that the live list hid is back.
    expect(deploy.printed().lastIndexOf('\u001b[?25h')).toBeGreaterThan(deploy.printed().lastIndexOf('\u001b[?25l'));
  });

  it('what Ctrl-C is the end of leaves the cursor at the beginning of a line', async () => {
    await workplace.run(['deploy']);
    const logs = openPty(workplace, ['logs', '--follow']);
    await logs.expect(/token is [^\n]*\r\n/);
    logs.type('\u0003');
    await logs.exited;
    expect(logs.printed()).toMatch(/\^C\r\n$/);
  });

  it('what its terminal was closed under ends like after Ctrl-C, without a crash', async () => {
    await workplace.run(['deploy']);
    for (const args of [['connect'], ['status', '--watch', '1']]) {
      const shell = openShell(workplace, `trap : HUP; "$@"; echo "$?" > ended`, args);
      await shell.expect(/\S/);
      shell.hangUp();
      await shell.exited;
      expect({ args, status: readFileSync(path.join(workplace.dir, 'ended'), 'utf8').trim() }).toEqual({
        args,
        // Of a process that listens to signals (129), of a stdout that is gone before the signal comes (5), of an interrupt (130).
        status: expect.stringMatching(/^(129|5|130)$/) as string,
      });
    }
  });

  it('status --watch is a calm screen until Ctrl-C, which leaves the terminal as it was', async () => {
    const watch = openPty(workplace, ['status', '--watch', '1']);
    await watch.expect(/\u001b\[\?1049h[\s\S]*not deployed[\s\S]*Ctrl-C ends/);
    await workplace.run(['deploy']);
    await watch.expect(/\u001b\[H[\s\S]*running/);
    watch.resize(60, 12);
    await watch.expect(/\u001b\[H[\s\S]*running/);
    watch.type('\u0003');
    expect(await watch.exited).toBe(130);
    const [, after = ''] = watch.printed().split('\u001b[?1049l');
    expect(after.replace(/\u001b\[[0-9;]*m/g, '')).toMatch(/^sheet-one on paper: running/);
    expect(after).not.toContain('Ctrl-C');
    // Entered once, nothing wiped, no spinner between, and nothing said afterwards.
    expect(watch.printed().split('\u001b[?1049h')).toHaveLength(2);
    expect(watch.printed()).not.toContain('\u001b[2J');
    expect(watch.printed().split('\u001b[?1049h')[1]).not.toMatch(/[⠋⠙⠹]|Stopping/);
  });

  it('colour is there, and NO_COLOR takes it away', async () => {
    const color = /\u001b\[3[1-6]m/;
    const colored = openPty(workplace, ['plan']);
    expect(await colored.exited).toBe(0);
    expect(colored.printed()).toMatch(color);
    const bare = openPty(workplace, ['plan'], { NO_COLOR: '1' });
    expect(await bare.exited).toBe(0);
    expect(bare.printed()).not.toMatch(color);
  });

  it('connect opens a shell with this terminal and returns its status', async () => {
    await workplace.run(['deploy']);
    const shell = openPty(workplace, ['connect']);
    // Every key as it is: this provider's shell has no terminal that would make a line end of a return.
    shell.type('echo $((6*7))-answer\n');
    await shell.expect(/42-answer/);
    shell.type('exit 6\n');
    expect(await shell.exited).toBe(6);
  });

  it('connect offers to deploy what is not there, with the price, and takes a return for no', async () => {
    const refused = openPty(workplace, ['connect']);
    await refused.expect(/is not deployed yet[\s\S]*\$1\.50[\s\S]*Deploy\? \[y\/N\] /);
    refused.type('\r');
    expect(await refused.exited).toBe(130);
    expect(await state()).toBe('absent');

    const agreed = openPty(workplace, ['connect']);
    await agreed.expect(/Deploy\? \[y\/N\] /);
    agreed.type('y\r');
    await agreed.expect(/is deployed\./);
    agreed.type('echo $((6*7))-answer; exit 3\n');
    await agreed.expect(/42-answer/);
    expect(await agreed.exited).toBe(3);
  });

  it('connect: where the environment stops under a shell Enter opens a new one, and Ctrl-C ends', async () => {
    await workplace.run(['deploy']);
    const shell = openPty(workplace, ['connect']);
    shell.type('echo $((6*7))-answer\n');
    await shell.expect(/42-answer/);
    await workplace.run(['stop']);
    await shell.expect(/sheet-one is stopped\.[\s\S]*Enter[\s\S]*starts it/);
    expect(await state()).toBe('stopped');
    shell.type('x\r');
    while ((await state()) !== 'running');
    shell.type('echo $((6*8))-again\n');
    await shell.expect(/48-again/);
    await workplace.run(['stop']);
    await shell.expect(/Ctrl-C[\s\S]*ends/);
    shell.type('\u0003');
    expect(await shell.exited).toBe(255);
    expect(await state()).toBe('stopped');
  });
});
