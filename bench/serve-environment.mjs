// Child of local-environment.mjs: an emulator with one deployed environment, until killed.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { openEnvironment } = require('@sindri/core');
const { createFlyProvider } = require('@sindri/provider-fly');
const { startFlyEmulator } = require('@sindri/fly-emulator');

const [stateDir, config] = process.argv.slice(2);
const emulator = await startFlyEmulator();
const environment = await openEnvironment({
  config,
  providers: [createFlyProvider()],
  env: { ...emulator.env, HOME: stateDir },
  stateDir,
});
await environment.apply(await environment.plan());
process.send(emulator.env);
process.on('disconnect', () => process.exit());
