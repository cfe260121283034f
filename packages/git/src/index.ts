export { createSourceReader } from './source-reader.js';
