import type { OperationContext } from '@sindri/core';
import type { StreamOpener } from '@sindri/ssh';
import { automaticOpener, openerFor } from './choose-method.js';
import type { Inside } from './inside.js';
import { methods } from './methods/index.js';
import type { FlyConnectionMethod } from './methods/method.js';
import { rememberedWay } from './remembered-way.js';
import type { SshDestination } from './ssh-destination.js';
import { createStreams } from './streams.js';

/** How the SSH server of a machine is reached: by one method, or by whichever works. */
export interface Ways {
  via: StreamOpener;
  /** What is good for waiting, because it makes nothing: for a named method `via` itself. `null` = there is nothing such. */
  waiting: StreamOpener | null;
}

/**
 * `auto` remembers which method has worked, and says so in a notice when it is another than before. Throws that of an obstacle when a
 * named method cannot work, and `FLY_AUTHORITY_UNREADABLE`. `named` is `undefined` for `auto`.
 */
export async function findWays(
  named: FlyConnectionMethod | undefined,
  app: string,
  destination: SshDestination,
  inside: Inside,
  context: Pick<OperationContext, 'env' | 'stateDir' | 'emit'>,
): Promise<Ways> {
  const streams = await createStreams(app, inside, context);
  if (named !== undefined) {
    const via = openerFor(named, destination, streams);
    return { via, waiting: via };
  }
  const memory = rememberedWay(context, app);
  const before = await memory.get();
  const onWin = (won: string): void => {
    if (won !== (before ?? FIRST)) tellOtherWay(context, won);
    void memory.set(won);
  };
  const waiting = automaticOpener(destination, streams, { before, edgeOnly: true });
  // Through the private network there is always something to try.
  return { via: automaticOpener(destination, streams, { before, onWin }) as StreamOpener, waiting };
}

const [{ name: FIRST }] = methods as [FlyConnectionMethod];

function tellOtherWay({ emit }: Pick<OperationContext, 'emit'>, method: string): void {
  const title = methods.find(({ name }) => name === method)?.title ?? method;
  emit({
    type: 'notice',
    level: 'info',
    code: 'FLY_OTHER_WAY',
    message: `Connected by another way than before, --method ${method}: ${title}.`,
  });
}
