'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { fill } = require('./read-reusing.js');

/** A command has a few of these, and people use a handful of commands. */
const MOST_FILES = 120;

/**
 * How many usual runs have added what they needed. The first run of a command seldom needs what later ones do: a deploy that makes
 * everything, a file that is missing.
 */
const SETTLED = 2;

/** V8 drops code that has not run for a while: of a longer run little is left of its beginning. */
const LONG_SECONDS = 10;

/**
 * Compiled code of earlier runs, kept per command in the user's cache directory. It is as good as a program: it is taken from a
 * directory and a file of this very user only, which nobody else can write. Nothing here is an error: without it a command takes
 * longer.
 */
function openCodeCache({ argv, env, getuid }) {
  const base = cacheDirectory(env);
  const uid = getuid?.call(process);
  if (base === undefined || env.SINDRI_CODE_CACHE === '0') return { read: () => undefined, write: () => undefined };
  const directory = path.join(base, 'code');
  const command = commandOf(argv);
  // Another Node, processor or build has other code.
  const version = `${process.versions.node}-${process.arch}-${buildOf()}-`;
  const fileOf = (part, length, runs) => path.join(directory, `${version}${length}-${part}-${command}-${runs}.bin`);
  const isOurs = (stats) => uid === undefined || (stats.uid === uid && (stats.mode & 0o022) === 0);

  return {
    /**
     * The code, and how many usual `runs` have added to it. `memory`: an array buffer that may be written over, and holds the code until
     * somebody else does that.
     */
    read(part, length, memory) {
      try {
        if (!isOurs(fs.statSync(directory))) return undefined;
      } catch {
        return undefined;
      }
      for (let runs = SETTLED; runs >= 0; runs -= 1) {
        try {
          const handle = fs.openSync(
            fileOf(part, length, runs),
            fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0),
          );
          try {
            const stats = fs.fstatSync(handle);
            return isOurs(stats) ? { data: fill(handle, stats.size, memory), runs } : undefined;
          } finally {
            fs.closeSync(handle);
          }
        } catch {
          // Not there, or not to be read: then one of fewer runs may be.
        }
      }
      return undefined;
    },
    /** When the command ends. `runs` is undefined when nothing was kept, or V8 did not take it. */
    write(part, length, runs, exitCode, data) {
      const isUsual = exitCode === 0 && process.uptime() < LONG_SECONDS;
      if (runs !== undefined && !isUsual) return;
      try {
        fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
        if (!isOurs(fs.statSync(directory))) return;
        const files = fs.readdirSync(directory);
        for (const old of files.filter((name) => !name.startsWith(version)))
          fs.rmSync(path.join(directory, old), { force: true });
        if (files.length > MOST_FILES) return;
        const file = fileOf(part, length, (runs ?? 0) + Number(isUsual));
        const fresh = `${file}.${process.pid}`;
        try {
          // On the disk before it has its name: V8 does not look for holes in it, and after a power cut every run would crash.
          fs.writeFileSync(fresh, data(), { mode: 0o600, flag: 'wx', flush: true });
          fs.renameSync(fresh, file);
        } catch (error) {
          fs.rmSync(fresh, { force: true });
          throw error;
        }
        for (let other = 0; other <= SETTLED; other += 1)
          if (fileOf(part, length, other) !== file) fs.rmSync(fileOf(part, length, other), { force: true });
      } catch {
        // A read-only home, a full disk: next time then.
      }
    },
  };
}

/** Where the framework keeps its cache, by the rules of its `Config.cacheDir`. */
function cacheDirectory({ SINDRI_CACHE_DIR, XDG_CACHE_HOME, HOME, LOCALAPPDATA }) {
  if (SINDRI_CACHE_DIR) return SINDRI_CACHE_DIR;
  if (process.platform === 'darwin') return HOME && path.join(HOME, 'Library/Caches/sindri');
  const home =
    XDG_CACHE_HOME || (process.platform === 'win32' ? LOCALAPPDATA : undefined) || (HOME && path.join(HOME, '.cache'));
  return home ? path.join(home, 'sindri') : undefined;
}

let build;
/** The bundle itself says when it was made: its parts are written together. */
function buildOf() {
  build ??= Math.round(fs.statSync(path.join(__dirname, 'sindri.js')).mtimeMs).toString(36);
  return build;
}

/** The first words of the command line: `deploy`, `config-validate`. Help is what it needs alone, whatever it is about. */
function commandOf(argv) {
  if (argv.includes('--help')) return 'help';
  const words = argv
    .slice(0, 2)
    .filter((word, index, all) => /^[a-z]{1,20}$/.test(word) && (index === 0 || /^[a-z]/.test(all[0] ?? '')));
  return words.join('-') || 'help';
}

module.exports = { openCodeCache, SETTLED };
