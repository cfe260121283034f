import { Transform } from 'node:stream';
import {
  SindriError,
  type Power,
  type Provider,
  type Session,
  type SessionExit,
  type SessionRequest,
} from '@sindri/core';
import { deafSignal, of, type Bend, type BrokenProviders } from './bend.js';

/** Changes what a session is asked for. */
function asking(change: (request: SessionRequest) => SessionRequest): Bend {
  return (provider) => ({ session: (spec, request, context) => of(provider.session)(spec, change(request), context) });
}

/** Changes the session that is opened. */
function opening(change: (session: Session, request: SessionRequest) => Partial<Session>): Bend {
  return (provider) => ({
    async session(spec, request, context) {
      const session = await of(provider.session)(spec, request, context);
      return { ...session, ...change(session, request) };
    },
  });
}

function exiting(change: (exit: SessionExit) => SessionExit): Bend {
  return opening((session) => ({ exited: session.exited.then(change) }));
}

function power(change: (power: Required<Power>) => Partial<Power>): Bend {
  return (provider: Provider) => {
    const good = provider.power as Required<Power>;
    return { power: { ...good, ...change(good) } };
  };
}

function refuse(message: string): SindriError {
  return new SindriError({ code: 'REFERENCE_REFUSED', kind: 'refused', message });
}

export const brokenReaching: BrokenProviders = {
  'errors: what needs an environment says that there is none': (provider, platform) => ({
    async session(...args) {
      if (platform.things.length === 0) throw new TypeError("cannot read 'id' of undefined");
      return of(provider.session)(...args);
    },
  }),
  'power: stop ends it, start brings it back': power(({ stop }) => ({
    stop: async (...args) => ({ ...(await stop(...args)), before: 'unknown' }),
  })),
  'power: nothing to do is a success': power(({ stop }) => ({
    async stop(...args) {
      const { before, after } = await stop(...args);
      if (before === 'stopped') throw refuse('it is stopped already');
      return { before, after };
    },
  })),
  'power: suspend keeps it, start resumes it': power(({ stop }) => ({ suspend: stop })),
  'power: restart ends what runs, and starts it again': {
    'nothing is ended': power(({ restart, start }) => ({
      async restart(...args) {
        const { before, after } = await start(...args);
        return before === 'running' ? { before, after } : restart(...args).then(() => ({ before, after }));
      },
    })),
    'it stays stopped': power(({ restart, stop }) => ({
      async restart(...args) {
        const result = await restart(...args);
        if (result.before === 'running') await stop(...args);
        return result;
      },
    })),
  },
  'power: restart starts what sleeps': (provider, platform) => ({
    power: {
      ...of(provider.power),
      async restart(...args) {
        if (platform.things.some(({ power }) => power === 'stopped')) throw refuse('it does not run');
        return of(of(provider.power).restart)(...args);
      },
    },
  }),
  'power: restart is refused when there is nothing to restart': (provider, platform) => ({
    power: {
      ...of(provider.power),
      async restart(...args) {
        if (platform.things.length > 0) return of(of(provider.power).restart)(...args);
        throw new SindriError({ code: 'REFERENCE_LOST', kind: 'internal', message: 'There is no machine.' });
      },
    },
  }),
  'session: returns the exit code': exiting((exit) => (exit.code === 7 ? { code: 1, signal: null } : exit)),
  'session: keeps stdout and stderr apart': asking((request) => ({
    ...request,
    command: request.command?.replace('>&2', ''),
  })),
  'session: passes stdin on, byte by byte, to its end': (provider) => ({
    async session(spec, request, context) {
      const session = await of(provider.session)(spec, request, context);
      const upperCase = new Transform({
        transform: (chunk, _encoding, done) => done(null, Buffer.from(String(chunk))),
      });
      upperCase.pipe(session.stdin);
      return { ...session, stdin: upperCase };
    },
  }),
  'session: a process that is killed has no ordinary exit code': opening((session, { command }) => ({
    exited: session.exited.then((exit) =>
      exit.signal === null || command?.includes('kill') !== true ? exit : { code: 1, signal: null },
    ),
  })),
  'session: a terminal has the login shell, and can be resized': opening((session, { terminal }) => {
    let over = false;
    session.exited.then(
      () => (over = true),
      () => (over = true),
    );
    return {
      resize(size) {
        if (terminal !== undefined && over) throw new Error('the window is closed');
        session.resize(size);
      },
    };
  }),
  'session: a command can have a terminal': (provider) => ({
    async session(spec, request, context) {
      if (request.terminal !== undefined && request.command !== undefined) throw refuse('one or the other');
      return of(provider.session)(spec, request, context);
    },
  }),
  'session: without a terminal, resize does nothing': opening((session, { terminal }) => ({
    resize(size) {
      if (terminal === undefined) throw new Error('there is no window');
      session.resize(size);
    },
  })),
  'session: the login shell reads commands': asking((request) =>
    request.terminal === undefined ? { ...request, command: request.command ?? 'exit 0' } : request,
  ),
  'session: close ends it': opening((session) => {
    let closed = false;
    return {
      close() {
        if (closed) throw new Error('it is closed already');
        closed = true;
        session.close();
      },
    };
  }),
  'session: an aborted signal opens nothing': (provider) => ({
    session: (spec, request, context) =>
      of(provider.session)(spec, request, context.signal.aborted ? { ...context, signal: deafSignal() } : context),
  }),
  'session: wakes a sleeping environment': {
    'it refuses': (provider, platform) => ({
      async session(spec, request, context) {
        if (platform.things.some(({ power }) => power === 'stopped')) throw refuse('it is asleep');
        return of(provider.session)(spec, request, context);
      },
    }),
    'a process runs in what sleeps': (provider, platform) => ({
      async session(spec, request, context) {
        const asleep = platform.things.find(({ power }) => power === 'stopped');
        const session = await of(provider.session)(spec, request, context);
        if (asleep === undefined) return session;
        const exited = session.exited.then((exit) => {
          asleep.power = 'stopped';
          return exit;
        });
        return { ...session, exited };
      },
    }),
  },
  'exec: returns exit code, stdout and stderr': (provider) => ({
    exec: async (...args) => ({ ...(await of(provider.exec)(...args)), exitCode: 0 }),
  }),
  'exec: arguments arrive as they are': (provider) => ({
    exec: (spec, request, context) =>
      of(provider.exec)(
        spec,
        { ...request, command: request.command.map((word) => word.replace(/\s+/g, ' ')) },
        context,
      ),
  }),
  'exec: passes stdin on': (provider) => ({
    exec: (spec, { stdin, ...request }, context) =>
      // That much of the output is whole is a case of its own.
      of(provider.exec)(spec, stdin !== undefined && stdin.length > 1000 ? { ...request, stdin } : request, context),
  }),
  'dial: reaches a port inside': (provider) => ({
    async dial(spec, request, context) {
      const stream = await of(provider.dial)(spec, request, context);
      if (request.until !== undefined) return stream;
      stream.destroy();
      return new Transform({ transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()) });
    },
  }),
  'dial: more streams follow until that ends, and others come after it': (provider) => {
    let way: AbortSignal | undefined;
    return {
      // The way in is kept, and nobody looks whether it was left.
      async dial(spec, request, context) {
        way ??= request.until;
        if (way?.aborted === true) throw new Error('The way in was left.');
        return of(provider.dial)(spec, request, context);
      },
    };
  },
  'dial: a port that nobody serves is refused with PORT_NOT_LISTENING': (provider) => ({
    async dial(...args) {
      try {
        return await of(provider.dial)(...args);
      } catch (error) {
        const { code, message } = error as SindriError;
        throw code === 'PORT_NOT_LISTENING' ? new SindriError({ code: 'X_CLOSED', kind: 'transport', message }) : error;
      }
    },
  }),
  'sshTarget: has all that an SSH client needs, host keys included': (provider) => ({
    sshTarget: async (...args) => ({ ...(await of(provider.sshTarget)(...args)), hostKeys: [] }),
  }),
  'logs: end without follow, oldest first': (provider) => ({
    async *logs(spec, request, context) {
      const lines = [];
      for await (const line of of(provider.logs)(spec, request, context)) lines.push(line);
      yield* lines.reverse();
    },
  }),
  'logs: tail limits them to the newest': {
    'all of them come': (provider) => ({
      logs: (spec, { tail: _ignored, ...request }, context) => of(provider.logs)(spec, request, context),
    }),
    'the oldest come': (provider) => ({
      async *logs(spec, { tail = Infinity, ...request }, context) {
        let count = 0;
        for await (const line of of(provider.logs)(spec, request, context)) if (++count <= tail) yield line;
      },
    }),
  },
  'logs: following ends with an abort': (provider) => ({
    async *logs(spec, request, context) {
      yield* of(provider.logs)(spec, request, context);
      if (context.signal.aborted) throw new Error('socket hang up');
    },
  }),
};
