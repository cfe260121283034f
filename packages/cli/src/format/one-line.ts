import { cutText } from '../terminal/outside-text.js';

/** Running text, whose lines the terminal's width decides: see `foldText`. */
export function oneLine(text: string): string {
  return cutText(text).split(/\s+/).join(' ');
}
