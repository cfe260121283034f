/** An installed plugin, without what the framework knows of its insides. */
export interface InstalledPlugin {
  name: string;
  version: string;
  /** `core`, `user` or `link`. */
  type: string;
  /** Where it is. */
  root: string;
}

/** What `plugins` and `plugins inspect` answer. */
export interface PluginsAnswer {
  schema: 'sindri.plugins/1';
  plugins: InstalledPlugin[];
}

/** What a command of the framework's, or of somebody else's plugin, answers that has no document of its own. */
export interface FrameworkAnswer {
  schema: 'sindri.command/1';
  /** `plugins uninstall`. */
  command: string;
  /** The lines that a person would have read. */
  output: string[];
}
