'use strict';
const { isSindriError, openEnvironment } = require('@sindri/core');
const { createProvider } = require('../custom-provider');

/** Deploys the environment of a config; rejects with a SindriError, whose `details.report` tells what was reached. */
async function deploy({ config, env, signal, print }) {
  const environment = await openEnvironment({ config, env, signal, providers: [createProvider()] });
  const plan = await environment.plan();
  print(`changes to make: ${plan.changes.length}`);
  const onEvent = (event) => {
    if (event.type === 'change.started') print(`${event.title} …`);
    if (event.type === 'change.applied') print(`done after ${event.elapsedMs} ms`);
  };
  const report = await environment.apply(plan, { onEvent });
  const { state } = await environment.status();
  print(`${environment.spec.name} is ${state}`);
  return report;
}

exports.deploy = deploy;

// node examples/library/deploy.js [file]; Ctrl-C cancels, and running it again continues.
if (require.main === module) {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const config = process.argv[2] ?? `${__dirname}/sindri.yaml`;
  deploy({ config, env: process.env, signal: controller.signal, print: console.log }).catch((error) => {
    console.error(isSindriError(error) ? `${error.code}: ${error.message} ${error.hint ?? ''}` : error);
    process.exitCode = 1;
  });
}
