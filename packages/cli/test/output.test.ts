import { createRedactor, secretValues, SindriError } from '@sindri/core';
import { createOutput, type TextStream } from '../src/output';
import { guessOutputMode, outputMode, type OutputMode } from '../src/output-mode';

function sink(isTTY = false): TextStream & { text: string } {
  return {
    text: '',
    isTTY,
    write(chunk: string) {
      this.text += chunk;
    },
  };
}

function open(mode: OutputMode, { tty = false, stdoutTty = false } = {}, env = {}) {
  const stdout = sink(stdoutTty);
  const stderr = sink(tty);
  const redactor = createRedactor(['hunter2-secret']);
  const output = createOutput({ mode, stdout, stderr, env: { NO_COLOR: '1', ...env }, redactor });
  return { stdout, stderr, redactor, output };
}

const failure = new SindriError({
  code: 'USAGE',
  kind: 'usage',
  message: 'hunter2-secret is wrong.',
  details: { value: 'hunter2-secret' },
});

describe('the answer', () => {
  it('is the last line, whatever else ends after it', () => {
    for (const tell of ['answer', 'fail'] as const) {
      const { stdout, output } = open('ndjson');
      output.line({ n: 1 });
      if (tell === 'answer') output.answer({ n: 2 }, () => '');
      else output.fail(failure);
      output.line({ type: 'api.request' });
      expect(stdout.text.trimEnd().split('\n')).toEqual(['{"n":1}', expect.not.stringContaining('api.request')]);
    }
  });

  it('is text, one indented document, or one line', () => {
    const results = (['text', 'json', 'ndjson'] as const).map((mode) => {
      const { stdout, stderr, output } = open(mode);
      output.answer({ a: 1 }, () => 'one');
      expect(stderr.text).toBe('');
      return stdout.text;
    });
    expect(results).toEqual(['one\n', '{\n  "a": 1\n}\n', '{"a":1}\n']);
  });

  it('passes the redactor in every mode', () => {
    for (const mode of ['text', 'json', 'ndjson'] as const) {
      const { stdout, stderr, output } = open(mode);
      output.answer({ value: 'hunter2-secret' }, () => 'hunter2-secret');
      output.line({ value: 'hunter2-secret' });
      output.stream(() => 'hunter2-secret');
      output.say('hunter2-secret');
      output.trace('hunter2-secret');
      output.fail(failure);
      expect(stdout.text + stderr.text).not.toContain('hunter2');
    }
  });

  it('leaves our own words alone: a secret that is one of them does not change a document', () => {
    const { stdout, redactor, output } = open('json');
    for (const word of ['machine', 'started', 'running', 'volume']) redactor.add(word);
    const document = {
      state: 'running',
      platformState: 'started',
      resources: [{ type: 'machine', name: 'hunter2-secret' }],
    };
    output.answer(document, () => '');
    expect(JSON.parse(stdout.text)).toEqual({ ...document, resources: [{ type: 'machine', name: '‹redacted›' }] });
  });

  it('hides what was learnt later', () => {
    const { stdout, redactor, output } = open('text');
    redactor.add('another-secret');
    output.answer(null, () => 'another-secret and hunter2-secret');
    expect(stdout.text).not.toMatch(/another|hunter/);
  });
});

describe('a failure', () => {
  it('is text on stderr, and nothing on stdout', () => {
    const { stdout, stderr, output } = open('text');
    output.fail(failure);
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain('Code: USAGE');
  });

  it('is the one document on stdout', () => {
    const { stdout, stderr, output } = open('json');
    output.fail(failure);
    expect(JSON.parse(stdout.text)).toMatchObject({ error: { code: 'USAGE', kind: 'usage', details: {} } });
    expect(stderr.text).toBe('');
  });

  it('is also told to somebody who sends the document into a file', () => {
    expect(failed({ tty: true })).toContain('Code: USAGE');
    expect(failed({ tty: true, stdoutTty: true })).toBe('');

    function failed(where: { tty: boolean; stdoutTty?: boolean }) {
      const { stderr, output } = open('json', where);
      output.fail(failure);
      return stderr.text;
    }
  });
});

describe('what is said on the way', () => {
  it('goes to stderr, and only when somebody follows', () => {
    const said = (mode: OutputMode, tty: boolean) => {
      const { stdout, stderr, output } = open(mode, { tty });
      output.say('working');
      expect(stdout.text).toBe('');
      return stderr.text;
    };
    expect(said('text', false)).toBe('working\n');
    expect(said('json', false)).toBe('');
    expect(said('json', true)).toBe('working\n');
  });
});

describe('an answer that is watched', () => {
  it('is appended as text, and is one line per state as JSON', () => {
    const watched = (mode: OutputMode, stdoutTty: boolean) => {
      const { stdout, output } = open(mode, { stdoutTty });
      output.update({ n: 1 }, () => 'one');
      output.update({ n: 2 }, () => 'two');
      return stdout.text;
    };
    expect(watched('text', false)).toBe('one\ntwo\n');
    // A terminal that can be drawn on has a screen for it; what cannot gets lines as a pipe does.
    expect(watched('text', true)).toBe('one\ntwo\n');
    expect(watched('ndjson', false)).toBe('{"n":1}\n{"n":2}\n');
    expect(watched('json', false)).toBe('');
  });

  it('has a screen on a terminal, and leaves the last of it behind', () => {
    const { stdout, redactor, output } = open('text', { stdoutTty: true });
    redactor.add('late-secret');
    expect(
      output.redraw(
        () => 'one',
        () => 'below',
      ),
    ).toBe(true);
    expect(output.onScreen).toBe(true);
    expect(
      output.redraw(
        () => 'two late-secret hunter2-secret \u001b[31m',
        () => 'below',
      ),
    ).toBe(true);
    output.leaveScreen();
    output.leaveScreen();
    expect(output.onScreen).toBe(false);
    expect(stdout.text).toMatch(/^\u001b\[\?1049h.*one.*two ‹redacted›.*\u001b\[\?1049ltwo ‹redacted›[^\n]*\n$/s);
    expect(stdout.text).not.toMatch(/late|hunter2|\u001b\[31m/);
  });

  it.each([
    ['a pipe', { stdoutTty: false }, {}],
    ['a terminal that cannot', { stdoutTty: true }, { TERM: 'dumb' }],
    ['a log of CI', { stdoutTty: true }, { CI: 'true' }],
  ])('has none on %s', (_title, where, env) => {
    const { stdout, output } = open('text', where, env);
    expect(
      output.redraw(
        () => 'one',
        () => 'below',
      ),
    ).toBe(false);
    expect([output.onScreen, stdout.text]).toEqual([false, '']);
  });
});

describe('the output mode', () => {
  it('--json wins over --output', () => {
    expect(outputMode({ json: true, output: 'ndjson' })).toBe('json');
    expect(outputMode({ output: 'ndjson' })).toBe('ndjson');
    expect(outputMode({})).toBe('text');
  });

  it.each<[string[], Record<string, string>, OutputMode]>([
    [['deploy', '--json'], {}, 'json'],
    [['deploy', '--output', 'ndjson'], {}, 'ndjson'],
    [['deploy', '--output=json'], {}, 'json'],
    [['exec', '--', '--json'], {}, 'text'],
    [['deploy'], { SINDRI_JSON: '1' }, 'json'],
    [['deploy'], { SINDRI_OUTPUT: 'ndjson' }, 'ndjson'],
    [['deploy', '--output'], {}, 'text'],
  ])('%p with %p is most probably meant as %s', (argv, env, mode) => expect(guessOutputMode(argv, env)).toBe(mode));
});

it('secrets are known by the names of their variables', () => {
  const env = {
    FLY_API_TOKEN: 'a',
    MY_SECRET: 'b',
    DB_PASSWORD: 'c',
    SSH_KEY: 'd',
    KEYBOARD: 'us',
    HOME: '/h',
    X_TOKEN: undefined,
  };
  expect([...secretValues(env)]).toEqual(['a', 'b', 'c', 'd']);
});
