const BEGIN = /-----BEGIN ([A-Z0-9][A-Z0-9 ]*)-----/;
const PUBLIC_KEY =
  /(?:^|\s)(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)(?:-cert-v01@openssh\.com)?\s+AAAA[A-Za-z0-9+/=]+/;

/** Begin or end of a PEM or SSH2 block, the first line of PuTTY's, and OpenSSH's own mark in base64, should the block's frame be lost. */
const PRIVATE_KEY = /PRIVATE KEY(?: BLOCK)? ?----|PuTTY-User-Key-File-\d|b3BlbnNzaC1rZXktdjE/;

/** Whether `text` has a private key, or a part of one, in it: of whatever format that says so. The one judge of it. */
export function holdsPrivateKey(text: string): boolean {
  return PRIVATE_KEY.test(text);
}

/** Whether `text` has SSH public keys and nothing else but comments: what may be shown to anybody. */
export function holdsOnlyPublicKeys(text: string): boolean {
  if (holdsPrivateKey(text)) return false;
  const plain = text.replace(/---- BEGIN SSH2 PUBLIC KEY ----[\s\S]*?---- END SSH2 PUBLIC KEY ----/g, '');
  const lines = plain.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return keys.every((line) => PUBLIC_KEY.test(line)) && (keys.length > 0 || plain !== text);
}

/** Whether `text` begins a PEM block that does not end: a key that was cut, usually by a `.env` without quotes. */
export function isHalfPem(text: string): boolean {
  const label = BEGIN.exec(text)?.[1];
  return label !== undefined && !text.includes(`-----END ${label}-----`);
}
