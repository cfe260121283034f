export { main } from './main.js';
export { exitCodes, exitCodeOf } from './exit-codes.js';
