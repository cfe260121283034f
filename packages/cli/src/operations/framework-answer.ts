/** What a command of the framework's, or of somebody else's plugin, answers that has no document of its own. */
export interface FrameworkAnswer {
  schema: 'sindri.command/1';
  /** `plugins uninstall`. */
  command: string;
  /** The lines that a person would have read. */
  output: string[];
}
