/** Stops this program as Ctrl-Z stops one whose keys are not taken raw, until the shell continues it. */
export type StopHere = () => void;

/**
 * How to stop; `null` where the system has no job control. The whole process group stops, since the shell waits for the first process
 * of it: a launcher, or the other end of a pipeline. Without a shell that could continue it, the system lets it run on.
 */
export function jobControl(platform: NodeJS.Platform): StopHere | null {
  return platform === 'win32' ? null : () => void process.kill(0, 'SIGTSTP');
}

/** Node asks for the size of its terminal only when it hears of a change, and who was stopped may have missed that. */
export function askSizeAgain(platform: NodeJS.Platform): void {
  if (platform !== 'win32') process.kill(process.pid, 'SIGWINCH');
}
