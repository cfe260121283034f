'use strict';

/** How often the line moves, in ms. */
const FRAME_MS = 500;
const BUILDING = /^(?:\[.*?\]|.*? -) Building project '(.*?)(?:[\\/]tsconfig\.json)?'\.\.\.$/;
/** What TypeScript's build tells about itself; anything else is for the person. */
const CHATTER = /^(?:\[.*?\]|.*? -) (?:Project '|Projects in this build|Updating )|^ {4}\* |^\s*$/;

/**
 * Shows what somebody waits for while a clone is set up: on a terminal one line that moves, with the time that has passed; else one line
 * for each thing that is begun. `total`: how many packages there are.
 */
function createBuildProgress({ stream, total, now = Date.now, every = timer }) {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
  let what = null;
  let since = 0;
  let built = 0;
  let stop = null;

  const draw = () => {
    const text = `${what} ${Math.floor((now() - since) / 1000)} s`;
    const columns = stream.columns || 80;
    stream.write(`\r${text.length < columns ? text : `${text.slice(0, columns - 2)}…`}\u001b[K`);
  };
  const clear = () => {
    if (live && what !== null) stream.write('\r\u001b[K');
  };
  const progress = {
    /** From now on this is waited for. */
    begin(text) {
      what = text;
      since = now();
      if (!live) return void stream.write(`${text}\n`);
      stop ??= every(FRAME_MS, draw);
      draw();
    },
    /** A line of TypeScript's build. */
    line(text) {
      const plain = text.replace(/\u001b\[[\d;]*m/g, '');
      const [, folder] = BUILDING.exec(plain) ?? [];
      if (folder !== undefined) {
        built += 1;
        const name = folder.replaceAll('\\', '/').split('/').slice(-2).join('/');
        return progress.begin(`Building ${name} (${built}${total === undefined ? '' : ` of at most ${total}`}) …`);
      }
      if (CHATTER.test(plain)) return;
      clear();
      stream.write(`${text}\n`);
    },
    end() {
      stop?.();
      stop = null;
      clear();
      what = null;
    },
  };
  return progress;
}

function timer(ms, tick) {
  const handle = setInterval(tick, ms);
  return () => clearInterval(handle);
}

module.exports = { createBuildProgress };
