// How the bundler keeps the modules of a part apart, in a form that V8 starts quickly.

/** What the bundler's own functions do with a module: `{ "its/file.js"(exports, module) { … } }`, for the file's name in a profiler. */
const byName = { __commonJS: 'cb[__getOwnPropNames(cb)[0]]', __esm: 'fn[__getOwnPropNames(fn)[0]]' };

/**
 * Makes a plain function of each module of a part. An object with a name of its own has a shape of its own, V8 keeps the shapes in one sorted
 * list, and with a thousand modules that took a sixth of what a short command does.
 *
 * `text`: what the bundler wrote, `inputs`: the names of the modules as in its metafile. The braces of the object become those of a
 * block, so that nothing has to be known of the code between them but whether it is strict. Throws when the bundler writes
 * otherwise than it did.
 */
export function plainWrappers(text, inputs) {
  const known = new Set(inputs);
  let wrapped = 0;
  const plain = text.replace(
    /\b(__commonJS|__esm)\(\{("(?:[^"\\]|\\.)+")\(([\w$,]*)\)\{("use strict";)?/g,
    (whole, call, name, parameters, strict = '') => {
      if (!known.has(JSON.parse(name))) return whole;
      wrapped += 1;
      return `${call}((${parameters})=>{${strict}{`;
    },
  );
  if (wrapped === 0) return text;
  return Object.entries(byName).reduce((changed, [call, invoked]) => {
    if (!changed.includes(`${call}((`)) return changed;
    if (changed.split(invoked).length !== 2) throw new Error(`The bundler does not write ${call} as it did.`);
    return changed.replace(invoked, invoked.slice(0, 2));
  }, plain);
}
