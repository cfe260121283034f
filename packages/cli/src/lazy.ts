/**
 * Packages that take a while to load. A command file is loaded for its help text alone, so it asks for these inside `run`;
 * Node keeps what was loaded once.
 */
export const core = () => require('@sindri/core') as typeof import('@sindri/core');
export const oci = () => require('@sindri/oci') as typeof import('@sindri/oci');
export const git = () => require('@sindri/git') as typeof import('@sindri/git');
export const vault = () => require('@sindri/vault') as typeof import('@sindri/vault');
export const ssh = () => require('@sindri/ssh') as typeof import('@sindri/ssh');
export const testkit = () => require('@sindri/testkit') as typeof import('@sindri/testkit');
export const attach = () => require('./terminal/attach.js') as typeof import('./terminal/attach.js');
export const sessionTerminal = () =>
  require('./terminal/session-terminal.js') as typeof import('./terminal/session-terminal.js');
export const liveList = () => require('./terminal/live-list.js') as typeof import('./terminal/live-list.js');
