import type { Client, ClientChannel, ParsedKey } from 'ssh2';
import { sshString } from './key-files.js';

/**
 * The few things that ssh2 1.x knows but does not offer. ssh2 drops signals and window changes once the local side has sent EOF,
 * although SSH allows them until the channel is closed; and it does not tell an orderly close from a broken connection.
 */
interface ChannelInternals {
  incoming?: { state?: string };
  outgoing?: { id?: number; state?: string };
  _client?: { _protocol?: ProtocolInternals };
}

interface ProtocolInternals {
  authPK?: AuthenticateWithKey;
  _packetRW?: { write: { alloc(length: number): Buffer; allocStart: number; finalize(packet: Buffer): Buffer } };
  _cipher?: { encrypt(packet: Buffer): void };
  _authsQueue?: string[];
  signal?(channel: number, name: string): void;
  windowChange?(channel: number, rows: number, columns: number, height: number, width: number): void;
}

type Sign = (request: Buffer, done: (signature: Buffer) => void) => void;
type AuthenticateWithKey = (user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign) => void;

/** Of which kind a certified key is, and what a signature by it is called: RFC 4252 §7 names both, and they differ. */
const SIGNATURE_OF_CERTIFICATE = /^(ssh-ed25519)-cert-v01@openssh\.com$/;

/**
 * A key that ssh2 offers as its certificate; `null` when it cannot read the key. ssh2 recognises its own parsed keys by what they
 * inherit, so this is one of them with another public half.
 */
export function certifiedKey(parsed: ParsedKey | ParsedKey[] | Error, certificate: Buffer): ParsedKey | null {
  if (parsed instanceof Error || Array.isArray(parsed)) return null;
  return Object.create(parsed, {
    type: { value: `${parsed.type}-cert-v01@openssh.com` },
    getPublicSSH: { value: () => certificate },
  }) as ParsedKey;
}

/**
 * Lets a client log in with certified keys: ssh2 1.17 calls the signature by the name of the certificate, and servers want that of the
 * key in it. Only that login is replaced, on this one client: the request that ssh2 composes is signed and sent as it is, with the
 * signature under its right name. It is sent without the question before it whether such a key would do (RFC 4252, section 7: that is
 * for keys that are dear to use), which saves a round trip. A ssh2 that can do it by itself, or that has other insides, is left alone; a
 * test logs in at OpenSSH. (mscdex/ssh2#551, #1486.)
 */
export function signAsCertified(client: Client): void {
  const protocol = (client as unknown as { _protocol?: ProtocolInternals })._protocol;
  const { authPK: authenticate, _packetRW: packets, _authsQueue: asked } = protocol ?? {};
  if (protocol === undefined || authenticate === undefined || packets === undefined || asked === undefined) return;
  protocol.authPK = (user, key, algorithm, sign) => {
    const format = SIGNATURE_OF_CERTIFICATE.exec(key.type)?.[1];
    if (format === undefined) return authenticate.call(protocol, user, key, algorithm, sign);
    const signAtOnce: Sign = (request, done) => {
      const signature = key.sign(request) as Buffer | Error;
      // Asked first after all, ssh2 tells by itself what is wrong with the key.
      if (signature instanceof Error) authenticate.call(protocol, user, key, algorithm);
      else done(signature);
    };
    authenticate.call(protocol, user, key, algorithm, (signed) =>
      (sign ?? signAtOnce)(signed, (signature) => {
        // What is signed is the session's id and the request.
        const request = signed.subarray(4 + signed.readUInt32BE(0));
        const payload = Buffer.concat([request, sshString(Buffer.concat([sshString(format), sshString(signature)]))]);
        const packet = packets.write.alloc(payload.length);
        packet.set(payload, packets.write.allocStart);
        asked.push('publickey');
        protocol._cipher?.encrypt(packets.write.finalize(packet));
      }),
    );
  };
}

/** Sends a signal (without `SIG`), also after EOF. */
export function sendSignal(channel: ClientChannel, name: string): void {
  const line = requestLine(channel);
  if (line?.protocol.signal === undefined) channel.signal(name);
  else line.protocol.signal(line.id, name);
}

/** Tells the new size of the terminal, also after EOF. */
export function sendWindowChange(channel: ClientChannel, columns: number, rows: number): void {
  const line = requestLine(channel);
  if (line?.protocol.windowChange === undefined) channel.setWindow(rows, columns, 0, 0);
  else line.protocol.windowChange(line.id, rows, columns, 0, 0);
}

/** Whether the server has closed this channel in order. */
export function closedByServer(channel: ClientChannel): boolean {
  return (channel as unknown as ChannelInternals).incoming?.state === 'closed';
}

function requestLine(channel: ClientChannel): { protocol: ProtocolInternals; id: number } | null {
  const { outgoing, _client: client } = channel as unknown as ChannelInternals;
  const open = outgoing?.state === 'open' || outgoing?.state === 'eof';
  if (!open || outgoing?.id === undefined || client?._protocol === undefined) return null;
  return { protocol: client._protocol, id: outgoing.id };
}
