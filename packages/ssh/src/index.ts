export {
  accessInside,
  admitClient,
  changeAdmittedKeys,
  createKeysInside,
  listAdmittedKeys,
  type AccessInside,
  type AccessScripts,
  type KeysInside,
  type KeysInsideParts,
  type KnownKeys,
  type SshPlace,
} from './access-inside.js';
export { formatAddress, type SshAddress } from './addresses.js';
export { requireAgent } from './agent.js';
export type { SshCredential } from './auth.js';
export { obtainCertificate, type SshCertificate } from './certificate.js';
export { awaitSshBanner, type AwaitBannerOptions, type BannerAttempt, type BannerResult } from './banner.js';
export { connectSsh, type ConnectPhase, type ConnectSshOptions, type SshConnection } from './connection.js';
export {
  awaitGreeting,
  DialError,
  dialFirst,
  type DialOptions,
  type DialResult,
  type Lookup,
  type StreamProof,
} from './dial.js';
export type { DialFailure, DialFailureReason, SshErrorCode } from './errors.js';
export {
  openAddresses,
  openThrough,
  type OpenedStream,
  type OpenStreamOptions,
  type StreamOpener,
} from './stream-opener.js';
export type { RemoteEntry, RemoteFile, RemoteKind, Sftp } from './sftp/sftp.js';
export { fetchFile, sendFile, type TransferOptions } from './sftp/transfer.js';
export { hostKeyStore, type HostKeyStore } from './host-keys.js';
export {
  createIdentity,
  describeIdentity,
  findIdentities,
  identityFromFile,
  orderIdentities,
  type FindIdentitiesOptions,
  type SshIdentity,
} from './identity.js';
export { openRace, type Contender } from './open-race.js';
export type { TlsSettings } from './inside-tls.js';
export { formatKnownHosts } from './known-hosts.js';
export { inspectAuthorizedKeys, type DeclaredKey } from './authorized-keys.js';
export {
  fingerprint,
  parseAuthorizedKeys,
  publicKeysMatch,
  readPublicKeys,
  type PublicKey,
  type PublicKeys,
} from './public-keys.js';
