import { guardStdout, type GuardedStream } from '../../src/terminal/stdout-guard';

function setUp() {
  const written: string[] = [];
  const diverted: string[] = [];
  const stream = {
    isTTY: true,
    columns: 90,
    write: (chunk: string | Uint8Array) => {
      written.push(String(chunk));
      return true;
    },
  } as GuardedStream;
  const guard = guardStdout(stream, (text) => diverted.push(text));
  return { stream, guard, written, diverted };
}

test('while it is on, only ours get through', () => {
  const { stream, guard, written, diverted } = setUp();
  stream.write('before ');
  guard.enable(true);
  guard.enable(true);
  stream.write('theirs');
  stream.write(Buffer.from('bytes'));
  guard.ours.write('ours');
  guard.enable(false);
  stream.write(' after');
  expect([written, diverted]).toEqual([
    ['before ', 'ours', ' after'],
    ['theirs', 'bytes'],
  ]);
});

test('whoever waits for a write that was diverted is called', async () => {
  const { stream, guard } = setUp();
  guard.enable(true);
  await new Promise<void>((resolve) => stream.write('x', () => resolve()));
  await new Promise<void>((resolve) => stream.write('x', 'utf8', () => resolve()));
  expect([guard.ours.isTTY, guard.ours.columns]).toEqual([true, 90]);
});
