import type { ClientChannel } from 'ssh2';

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
  signal?(channel: number, name: string): void;
  windowChange?(channel: number, rows: number, columns: number, height: number, width: number): void;
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
