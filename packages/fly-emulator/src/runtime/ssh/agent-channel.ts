import type { Connection, ServerChannel } from 'ssh2';

/** What ssh2 1.x can do on a server's connection but does not offer: it opens every kind of channel but that of the agent. */
interface ConnectionInternals {
  _chanMgr?: { add(opened: unknown): number };
  _protocol?: { openssh_authAgent?(channel: number, window: number, packetSize: number): void };
}

/** As ssh2 opens its other channels. */
const WINDOW = 2 * 1024 * 1024;
const PACKET_SIZE = 32 * 1024;

/** Opens a channel to the agent of the client, who has asked to be lent it. */
export function openAgentChannel(
  connection: Connection,
  opened: (error: Error | undefined, channel: ServerChannel) => void,
): void {
  const { _chanMgr: channels, _protocol: protocol } = connection as unknown as ConnectionInternals;
  const fail = (why: string): void => opened(new Error(why), undefined as never);
  if (channels === undefined || protocol?.openssh_authAgent === undefined) return fail('ssh2 cannot open this channel');
  const callback = Object.assign((error: Error | undefined, channel: ServerChannel) => opened(error, channel), {
    type: 'auth-agent@openssh.com',
  });
  const channel = channels.add(callback);
  if (channel === -1) return fail('no channel is free');
  protocol.openssh_authAgent(channel, WINDOW, PACKET_SIZE);
}
