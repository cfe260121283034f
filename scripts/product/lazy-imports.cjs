/**
 * Modules as TypeScript writes them are loaded when something of them is used, not when the module that imports them is. Holds for modules that
 * do nothing but declare when they are loaded: ours, and those of the command framework.
 *
 * `keepsModules`: whether the `require` around it is quick for what is loaded already; else that is kept, too.
 */
function withLazyImports(text, { keepsModules }) {
  const imported = /^(?:const|var) (\w+_\d+) = (require\("[^"]+"\)|__import(?:Default|Star)\(require\("[^"]+"\)\));$/gm;
  return [...text.matchAll(imported)].reduce((changedText, [line, name, load]) => {
    const uses = changedText.match(new RegExp(`\\b${name}\\b`, 'g')).length - 1;
    const members = changedText.match(new RegExp(`\\b${name}\\.`, 'g'))?.length ?? 0;
    // Used as a whole somewhere.
    if (uses !== members) return changedText;
    // A module is loaded once by itself; what is made of it for a default import is kept.
    const lazily =
      keepsModules && load.startsWith('require')
        ? `const ${name} = () => ${load};`
        : `let ${name}_loaded; const ${name} = () => (${name}_loaded ??= ${load});`;
    return changedText.replace(new RegExp(`\\b${name}\\.`, 'g'), `(${name}()).`).replace(line, lazily);
  }, text);
}

module.exports = { withLazyImports };
