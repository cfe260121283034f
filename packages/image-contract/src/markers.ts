import { homePath } from './home.js';

/** Files that tell how far the image has come. All are on the volume, and stay there. */
export const markers = {
  /** The home is prepared. */
  home: `${homePath}/.initialized`,
  /** The installation of extensions has ended, well or not: the image does not try it again. */
  installation: `${homePath}/.sindri/bootstrap-complete`,
} as const;

/** What the installation of extensions wrote. */
export const installLogPath = `${homePath}/.sindri/logs/install.log`;
