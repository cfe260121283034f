const Sequencer = require('@jest/test-sequencer').default;

/**
 * What takes minutes, the longest first: jest knows the times of earlier runs only, and a fresh checkout has none. Begun last, one of
 * these would run alone at the end.
 */
const longest = [
  'broken/broken-providers',
  'docker/conformance',
  'e2e/kill',
  'contract/cut-operations',
  'docker/interrupted',
  'cli/journey',
  'e2e/verify',
  'e2e/secrecy',
  'provider-fly/test/conformance',
  'docker/docker-subset',
  'docker/engine-features',
  'test/openapi-coverage',
  'commands/emulator',
  'contract/settle',
  'cli/every-command',
  'contract/lost-answers',
  'cli/failures',
  'cli/inputs',
  'cli/find',
  'cli/road',
].map((name) => `${name}.test.ts`);

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const found = longest.findIndex((name) => path.endsWith(name));
      return found === -1 ? longest.length : found;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
