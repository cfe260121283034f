import { FAULT_CATALOGUE } from '../../src/faults/catalogue.js';
import { PARAMETER_KINDS } from '../../src/faults/check-fault.js';
import { useFly } from '../support/fly.js';

test('every parameter of the catalogue has a kind', () => {
  const used = FAULT_CATALOGUE.flatMap((fault) => Object.keys(fault.params));
  expect(used.filter((name) => !Object.hasOwn(PARAMETER_KINDS, name))).toEqual([]);
});

describe('a fault that cannot be is refused, with what can', () => {
  const fly = useFly();
  const inject = (fault: object) => fly.post('/_emulator/faults', fault);

  test.each([
    [{ name: 'slow-answer', params: { ms: 'long' } }, /parameter ms of fault slow-answer must be a number from 0/],
    [{ name: 'slow-answer', params: { ms: -1 } }, /must be a number from 0/],
    [{ name: 'slow-answer', params: { ms: 1e300 } }, /must be a number from 0/],
    [{ name: 'slow-answer', params: { ms: null } }, /must be a number from 0/],
    [{ name: 'slow-answer', params: { delay: 5 } }, /has no parameter "delay"; it has ms/],
    [{ name: 'slow-answer', params: [] }, /params must be an object/],
    [{ name: 'lost-answer', params: { __proto__x: 1 } }, /it has none/],
    [{ name: 'crash-on-boot', params: { exitCode: 1000 } }, /exitCode .* from 0 to 255/],
    [{ name: 'crash-on-boot', params: { log: [{}] } }, /a line or a list/],
    [{ name: 'crash-on-boot', params: { oom: 'yes' } }, /true or false/],
    [{ name: 'server-error', times: 'often' }, /times .* whole number/],
    [{ name: 'server-error', times: -1 }, /times .* whole number/],
    [{ name: 'server-error', times: 1.5 }, /times .* whole number/],
    [{ name: 'server-error', match: { nth: 0 } }, /match.nth .* match may have method, path/],
    [{ name: 'server-error', match: { path: 5 } }, /match.path/],
    [{ name: 'server-error', match: { probability: 2 } }, /match.probability/],
    [{ name: 'server-error', match: { verb: 'GET' } }, /match.verb/],
    [{ name: 'server-error', match: 'GET' }, /match must be an object/],
    [{ name: 'server-error', time: 1 }, /"time" is not known; a fault has name, match, times, params/],
  ])('%j', async (fault, reason) => {
    const { status, body } = await inject(fault);
    expect(status).toBe(400);
    expect(body.error).toMatch(reason);
    expect(fly.faults.list()).toEqual([]);
  });

  test('what a command line can only write as text is understood', async () => {
    expect((await inject({ name: 'crash-on-boot', params: { log: 'one line' } })).status).toBe(201);
    expect((await inject({ name: 'boot-fails', params: { message: 404 } })).status).toBe(201);
    expect(fly.faults.list().map((fault) => fault.params)).toEqual([{ log: ['one line'] }, { message: '404' }]);
  });

  test('there is an end to how many', async () => {
    for (let index = 0; index < 1000; index++) fly.faults.inject({ name: 'server-error', match: { path: '/x' } });
    expect((await inject({ name: 'server-error' })).body.error).toMatch(/clear some first/);
  });
});
