import { interpolate } from '../../../src/config/variables/interpolation.js';

const variables = { TAG: '1.2', EMPTY: '', NAME: 'a$b}', HOME: '/home/me' };

describe('interpolate', () => {
  it.each([
    ['plain', 'plain'],
    ['v${TAG}', 'v1.2'],
    ['${TAG}-${TAG}', '1.2-1.2'],
    ['${EMPTY}', ''],
    ['${TAG:-x}', '1.2'],
    ['${UNSET:-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${UNSET:-}', ''],
    ['${UNSET:-a b: c}', 'a b: c'],
    ['${UNSET:-${TAG}}', '1.2'],
    ['${UNSET:-${ALSO:-deep}}!', 'deep!'],
    ['${TAG:?needed}', '1.2'],
    ['$$', '$'],
    ['$${TAG}', '${TAG}'],
    ['$$$$', '$$'],
    ['${UNSET:-$${TAG}}', '${TAG}'],
    ['$TAG', '$TAG'],
    ['cost: 5$', 'cost: 5$'],
    ['${NAME}', 'a$b}'],
    ['a}b', 'a}b'],
    ['', ''],
  ])('%p becomes %p', (text, expected) => {
    const { text: result, faults } = interpolate(text, variables);
    expect([result, faults]).toEqual([expected, []]);
  });

  it('does not fill in what a value says', () => {
    expect(interpolate('${A}', { A: '${B}', B: 'no' }).text).toBe('${B}');
  });

  it('names the variables it used, and only those', () => {
    expect(interpolate('${TAG} ${UNSET:-${HOME}} ${TAG:-${OTHER}}', variables).variables).toEqual(['TAG', 'HOME']);
  });

  it('does not need the variables of a default that is not needed', () => {
    expect(interpolate('${TAG:-${NOWHERE}}', variables).faults).toEqual([]);
    expect(interpolate('${TAG:-${NOWHERE:?said}}', variables).faults).toEqual([]);
  });

  it.each([
    [
      '${NOPE}',
      'unset',
      'The variable NOPE is not set.',
      'Set it in the shell, or give a default: `${NOPE:-value}`.',
      0,
    ],
    [
      'ab${NOPE}',
      'unset',
      'The variable NOPE is not set.',
      'Set it in the shell, or give a default: `${NOPE:-value}`.',
      2,
    ],
    [
      '${NOPE:?from the pipeline}',
      'unset',
      'The variable NOPE has no value: from the pipeline',
      'Set NOPE in the shell.',
      0,
    ],
    ['${EMPTY:?}', 'unset', 'The variable EMPTY has no value.', 'Set EMPTY in the shell.', 0],
    ['${', 'syntax', '`${` must be followed by the name of a variable.', 'Write `$$` for a plain dollar sign.', 0],
    ['${}', 'syntax', '`${` must be followed by the name of a variable.', 'Write `$$` for a plain dollar sign.', 0],
    ['${1A}', 'syntax', '`${` must be followed by the name of a variable.', 'Write `$$` for a plain dollar sign.', 0],
    ['${TAG', 'syntax', '`${TAG` has no closing `}`.', 'Write `$$` for a plain dollar sign.', 0],
    ['${TAG:-x', 'syntax', '`${TAG:-…` has no closing `}`.', 'Write `$$` for a plain dollar sign.', 0],
    [
      '${TAG-x}',
      'syntax',
      '`${TAG-…` is not understood.',
      'Known are `${VAR}`, `${VAR:-default}` and `${VAR:?message}`.',
      0,
    ],
    [
      '${TAG:x}',
      'syntax',
      '`${TAG:…` is not understood.',
      'Known are `${VAR}`, `${VAR:-default}` and `${VAR:?message}`.',
      0,
    ],
    [
      '${{ github.sha }}',
      'syntax',
      '`${` must be followed by the name of a variable.',
      'Write `$$` for a plain dollar sign.',
      0,
    ],
  ])('%p has a fault: %s %s', (text, kind, message, hint, offset) => {
    expect(interpolate(text, variables).faults).toEqual([{ kind, message, hint, offset }]);
  });

  it('reports every variable that is not set, once', () => {
    expect(interpolate('${A} ${B} ${A}', {}).faults.map(({ offset }) => offset)).toEqual([0, 5]);
  });

  it('does not follow nesting without end', () => {
    const deep = '${A:-'.repeat(5000) + '}'.repeat(5000);
    expect(interpolate(deep, {}).faults).toEqual([
      { kind: 'syntax', message: 'Variables are nested too deeply here.', offset: 50 },
    ]);
  });

  it('takes inherited names of objects for what they are: not set', () => {
    expect(interpolate('${constructor}', Object.freeze(Object.create(null))).faults).toHaveLength(1);
    expect(interpolate('${toString}', {}).faults).toHaveLength(1);
  });
});
