import type { Dispatcher } from 'undici';
import { ask } from '../../src/api/ask.js';

/** What undici would tell of an answer, told by the test. */
function asked(limit = 100) {
  const controller = new AbortController();
  const aborted: unknown[] = [];
  let handler: Dispatcher.DispatchHandler = {};
  let options: Partial<Dispatcher.DispatchOptions> = {};
  const dispatcher = {
    dispatch(given: Dispatcher.DispatchOptions, told: Dispatcher.DispatchHandler) {
      options = given;
      handler = told;
      return true;
    },
  } as unknown as Dispatcher;
  const answer = ask(
    dispatcher,
    {
      url: new URL('https://api.example/v1/apps?org=personal'),
      method: 'GET',
      headers: { accept: 'application/json' },
      body: undefined,
      signal: controller.signal,
      timeoutMs: 1000,
    },
    () => limit,
  );
  const head = (status: number, ...headers: string[]) =>
    handler.onHeaders?.(
      status,
      headers.map((text) => Buffer.from(text)),
      () => undefined,
      '',
    );
  return {
    answer,
    options,
    aborted,
    interrupt: (reason: Error) => controller.abort(reason),
    connect: () => handler.onConnect?.((reason) => aborted.push(reason)),
    head,
    body: (text: string) => handler.onData?.(Buffer.from(text)),
    end: () => handler.onComplete?.([]),
    fail: (error: Error) => handler.onError?.(error),
  };
}

describe('ask', () => {
  it('sends the question, and returns the answer when it is whole', async () => {
    const call = asked();
    expect(call.options).toMatchObject({ origin: 'https://api.example', path: '/v1/apps?org=personal', method: 'GET' });
    call.connect();
    call.head(103, 'link', 'early');
    call.head(200, 'Fly-Request-Id', 'one', 'fly-request-id', 'two');
    call.body('gr');
    call.body('\u00fc\u00df');
    call.end();
    expect(await call.answer).toEqual({ status: 200, headers: { 'fly-request-id': 'one' }, text: 'gr\u00fc\u00df' });
  });

  it.each([
    ['says that it is too long', ['content-length', '101'], []],
    ['turns out to be too long', [], ['x'.repeat(60), 'x'.repeat(60)]],
  ])('gives up an answer that %s, with its connection', async (_how, headers, body) => {
    const call = asked();
    call.connect();
    call.head(200, ...headers);
    for (const part of body) call.body(part);
    expect(await call.answer).toMatchObject({ status: 200, text: null });
    expect(call.aborted).toHaveLength(1);
  });

  it('ends at once when it is interrupted, also while the connection is being opened', async () => {
    const call = asked();
    const reason = new Error('Interrupted.');
    call.interrupt(reason);
    await expect(call.answer).rejects.toBe(reason);
    call.connect();
    expect(call.aborted).toEqual([reason]);
  });

  it('rejects with what ends the connection', async () => {
    const call = asked();
    call.connect();
    call.head(200);
    call.body('half');
    const error = new Error('other side closed');
    call.fail(error);
    await expect(call.answer).rejects.toBe(error);
  });
});
