export { defaultWorkspacePath, developerUser, homePath, isUnderHome, sshPort, workspacePath } from './home.js';
export { imageEnvironment, imageVariables } from './environment.js';
export {
  accessScripts,
  admitKeyScript,
  authorizedKeysFile,
  authorizedKeysVariable,
  readAuthorizedKeysScript,
  readHostKeysScript,
  removeKeyScript,
} from './ssh-access.js';
export {
  exportLines,
  exportsVariable,
  loginShell,
  readExportLines,
  secretLines,
  withExports,
  withExportsFrom,
} from './login-shell.js';
export {
  installationScript,
  installsExtensions,
  newInstallerLines,
  readInstallation,
  type InstallationProgress,
} from './installation.js';
export { installLogPath, markers } from './markers.js';
export { defaultImage, resolveImage, type ImageChoice } from './resolve-image.js';
export { tagForRange, tagForRequest } from './tags.js';
