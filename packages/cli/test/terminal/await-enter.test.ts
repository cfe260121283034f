import { awaitEnter } from '../../src/terminal/await-enter.js';
import { fakeKeyboard } from './fixtures/fake-terminal.js';

const never = new AbortController().signal;

test.each([
  ['Enter', '\r', true],
  ['a line feed', '\n', true],
  ['Ctrl-C', '\u0003', false],
  ['Ctrl-D', '\u0004', false],
  ['other keys, then Enter', 'yes\r', true],
])('%s decides', async (_title, keys, expected) => {
  const keyboard = fakeKeyboard();
  const answer = awaitEnter(keyboard, never);
  keyboard.write('other keys');
  keyboard.write(keys);
  expect(await answer).toBe(expected);
  expect(keyboard.modes).toEqual([true, false]);
  expect(keyboard.isPaused()).toBe(true);
  expect(keyboard.listenerCount('data')).toBe(0);
});

test('an end of the input is no Enter, whenever it comes', async () => {
  const keyboard = fakeKeyboard();
  const answer = awaitEnter(keyboard, never);
  keyboard.end();
  expect(await answer).toBe(false);
  keyboard.destroy();
  expect(await awaitEnter(keyboard, never)).toBe(false);
});

test('an abort rejects, and gives the terminal back', async () => {
  const keyboard = fakeKeyboard();
  const controller = new AbortController();
  const answer = awaitEnter(keyboard, controller.signal);
  controller.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
  expect(keyboard.modes).toEqual([true, false]);
});
