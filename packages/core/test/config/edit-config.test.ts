import { editConfig } from '../../src/config/edit-config.js';

const memory = (text: string, value: string | number = '8GB') =>
  editConfig(text, [{ path: ['deployment', 'resources', 'memory'], value }]);

describe('a value set in the text of a config', () => {
  it.each([
    ['a plain one', '    memory: 4GB # enough\n', '    memory: 8GB # enough\n', '4GB'],
    ['one in quotes', '    memory: "4GB"\n', '    memory: "8GB"\n', '"4GB"'],
    ['one in single quotes', "    memory:   '4GB'\n", "    memory:   '8GB'\n", "'4GB'"],
    ['none yet', '    memory: # how much?\n', '    memory: 8GB # how much?\n', null],
    ['null', '    memory: ~\n', '    memory: 8GB\n', '~'],
    ['a key that is not there', '    # CPUs\n    cpus: 2\n', '    memory: 8GB\n    # CPUs\n    cpus: 2\n', null],
    ['a last line without its end', '    memory: 4GB', '    memory: 8GB', '4GB'],
  ])('instead of %s', (_what, lines, expected, before) => {
    const text = `# mine\nname: a\n\ndeployment: # where\n  provider: fly\n  resources: # size\n${lines}`;
    expect(memory(text)).toEqual({ text: text.slice(0, -lines.length) + expected, before: [before] });
  });

  it.each([
    [
      'a map in braces',
      'deployment: { provider: fly, resources: { cpus: 2 } }',
      'deployment: { provider: fly, resources: { memory: 8GB, cpus: 2 } }',
    ],
    [
      'an empty map in braces',
      'deployment: { resources: {}, x: 1 }',
      'deployment: { resources: { memory: 8GB }, x: 1 }',
    ],
    [
      'no resources, in braces',
      'deployment: { provider: fly }',
      'deployment: { resources: { memory: 8GB }, provider: fly }',
    ],
    [
      'no resources',
      'deployment:\n    provider: fly\n',
      'deployment:\n    resources:\n      memory: 8GB\n    provider: fly\n',
    ],
    [
      'empty resources',
      'deployment:\n  resources:\n  provider: fly\n',
      'deployment:\n  resources:\n    memory: 8GB\n  provider: fly\n',
    ],
    [
      'line ends of Windows',
      'deployment:\r\n  provider: fly\r\n',
      'deployment:\r\n  resources:\r\n    memory: 8GB\r\n  provider: fly\r\n',
    ],
    [
      'a byte order mark',
      '\uFEFFdeployment:\n  resources: { memory: 1GB }\n',
      '\uFEFFdeployment:\n  resources: { memory: 8GB }\n',
    ],
    [
      'a merged value',
      'x: &x { memory: 1GB }\ndeployment:\n  resources:\n    <<: *x\n',
      'x: &x { memory: 1GB }\ndeployment:\n  resources:\n    memory: 8GB\n    <<: *x\n',
    ],
  ])('in %s', (_what, text, expected) => expect(memory(text).text).toBe(expected));

  it('finds a key in either spelling, and leaves an equal value as it is written', () => {
    const text = 'deployment:\n  build_from_source:\n    git_ref: "main"\n';
    const edit = (value: string) => editConfig(text, [{ path: ['deployment', 'buildFromSource', 'gitRef'], value }]);
    expect(edit('next').text).toBe(text.replace('main', 'next'));
    expect(edit('main').text).toBe(text);
  });

  it('sets several, and tells what was there', () => {
    const { text, before } = editConfig('deployment:\n  resources: { memory: 1GB }\n', [
      { path: ['deployment', 'resources', 'memory'], value: '2GB' },
      { path: ['deployment', 'resources', 'cpus'], value: 4 },
    ]);
    expect([text, before]).toEqual(['deployment:\n  resources: { cpus: 4, memory: 2GB }\n', ['1GB', null]]);
  });

  it.each([
    ['a variable', 'deployment:\n  resources:\n    memory: ${MEMORY:-4GB}\n', 'comes from a variable'],
    ['an alias', 'x: &m 4GB\ndeployment:\n  resources:\n    memory: *m\n', 'stands for the anchor &m'],
    ['a block that others use', 'deployment:\n  resources: &r\n    memory: 4GB\ny: *r\n', '&r is used elsewhere'],
    ['an anchor', 'deployment:\n  resources:\n    memory: &m 4GB\ny: *m\n', '&m is used elsewhere'],
    ['text of several lines', 'deployment:\n  resources:\n    memory: |\n      4GB\n', 'no plain value'],
    ['a list', 'deployment:\n  resources: [1]\n', 'deployment.resources is not a map'],
    ['no YAML', 'deployment: [', 'not valid YAML'],
    ['a key twice', 'deployment:\n  resources:\n    memory: 1GB\n    memory: 2GB\n', 'unusual form'],
  ])('not for %s', (_what, text, why) => {
    let thrown: unknown;
    try {
      memory(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'CONFIG_UNEDITABLE', message: expect.stringContaining(why) as string });
  });
});
