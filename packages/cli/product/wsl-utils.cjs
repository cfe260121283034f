'use strict';
// Of wsl-utils the framework asks one question at every start; the rest of it is for Windows.
module.exports = {
  get isWsl() {
    return require('is-wsl').default;
  },
  powerShellPath: (...all) => require('wsl-utils').powerShellPath(...all),
};
