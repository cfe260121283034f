import type { ServerChannel } from 'ssh2';

/** The members of ssh2's server channels that decide when one is closed. */
interface ChannelInternals {
  incoming?: { state?: string };
  readableEnded: boolean;
  close(): void;
  destroy(): unknown;
  once(event: 'end', listener: () => void): unknown;
}

/**
 * A forwarded stream whose two directions end on their own. ssh2's server closes a channel as soon as it has ended its own
 * direction, which is right for a session and cuts off the answer to whoever says all he has to say first.
 */
export function halfOpen(channel: ServerChannel): ServerChannel {
  const own = channel as unknown as ChannelInternals;
  const close = own.close.bind(channel);
  const destroy = own.destroy.bind(channel);
  let forced = false;
  own.close = () => {
    if (forced || own.readableEnded || own.incoming?.state === 'closed') close();
    else own.once('end', close);
  };
  own.destroy = () => {
    forced = true;
    return destroy();
  };
  return channel;
}
