import * as emulator from '../src/index.js';

test('the public names', () => {
  expect(Object.keys(emulator).sort()).toEqual([
    'SERVED_ROUTES',
    'createSystemClock',
    'createVirtualClock',
    'startFlyEmulator',
  ]);
});

test('every served route is served once', () => {
  const keys = emulator.SERVED_ROUTES.map((route) => `${route.method} ${route.path}`);
  expect(new Set(keys).size).toBe(keys.length);
});
