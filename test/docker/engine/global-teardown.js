const { once } = require('node:events');

/** Ends the shared engine and waits until nothing of it is left. */
module.exports = async () => {
  const keeper = globalThis.sindriDockerKeeper;
  if (keeper === undefined) return;
  const exited = once(keeper, 'exit');
  keeper.ref();
  keeper.stdin.end();
  await exited;
};
