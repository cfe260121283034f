import { createFlyProvider } from '../src/index';
import { jumpingClock, testContext } from './support/context';
import { startScriptedFly } from './support/scripted-fly';

describe('the list of regions', () => {
  it.each([
    ['a token that is refused', { status: 401, body: { error: 'token expired' } }, null, true],
    ['a token that is taken', { body: { Regions: [{ Region: 'sjc', Count: 1 }] } }, true, false],
  ])('with %s is whole, and does not keep silent about what could not be asked', async (_title, answer, room, told) => {
    const list = { body: { Regions: [{ code: 'sjc', name: 'San Jose' }], Nearest: 'sjc' } };
    const fly = await startScriptedFly(({ path }) => (path.endsWith('/platform/regions') ? list : answer));
    const context = testContext({
      clock: jumpingClock(),
      env: { FLY_FLAPS_BASE_URL: fly.url, FLY_API_TOKEN: 'fm2_x' },
    });
    try {
      const regions = await createFlyProvider().regions?.(context);
      expect(regions?.map((one) => [one.code, one.room])).toEqual([['sjc', room]]);
      const notices = context.events.flatMap((event) => (event.type === 'notice' ? [event.code] : []));
      expect(notices).toEqual(told ? ['FLY_ROOM_UNREAD'] : []);
    } finally {
      await fly.stop();
      context.remove();
    }
  });
});
