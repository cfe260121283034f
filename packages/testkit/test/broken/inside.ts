import type { Session, SessionRequest } from '@sindri/core';
import { canaryValues, CANARY_SECRET } from '../../src/secrets.js';
import type { ReferencePlatform } from '../../src/reference/platform.js';
import { of, planning, type Bend, type BrokenProviders } from './bend.js';

/** Changes what a session is asked for, and the session that comes of it. */
function sessions(
  ask: (request: SessionRequest) => SessionRequest,
  change: (session: Session, request: SessionRequest) => Partial<Session> = () => ({}),
): Bend {
  return (provider) => ({
    async session(spec, request, context) {
      const session = await of(provider.session)(spec, ask(request), context);
      return { ...session, ...change(session, request) };
    },
  });
}

const asAsked = (request: SessionRequest): SessionRequest => request;

function emptyHome({ things, inside }: ReferencePlatform): void {
  for (const { type, id } of things) if (type === 'volume') inside.files(id).clear();
}

function refused(message: string): Error {
  const error = Object.assign(new Error(message), { code: 'REFERENCE_BUSY', kind: 'internal', details: {} });
  return Object.defineProperty(error, Symbol.for('sindri.error/1'), { value: true });
}

export const brokenInside: BrokenProviders = {
  'secrets: are environment variables of what runs inside': {
    'they are never set': sessions((request) => ({
      ...request,
      env: { ...request.env, [CANARY_SECRET.name]: '' },
    })),
    'only their first line is': (provider, platform) => ({
      async session(...args) {
        const { values } = platform.inside;
        for (const [id, value] of values) {
          if (
            canaryValues()
              .slice(0, 4)
              .includes(value.split('\n')[0] ?? '')
          )
            values.set(id, value.split('\n')[0] ?? '');
        }
        return of(provider.session)(...args);
      },
    }),
  },
  'secrets: a changed value is planned, and arrives': {
    'it is not planned': planning((planned, { intent }) => ({
      ...planned,
      changes: planned.changes.filter(({ id }) => intent !== 'deploy' || !/^secret:.*:update$/.test(id)),
    })),
    'it does not arrive': ({ apply }, platform) => ({
      async apply(change, context) {
        const result = await apply(change, context);
        const first = canaryValues().slice(0, 2).join('\n');
        for (const [id, value] of platform.inside.values) {
          if (
            canaryValues()
              .slice(0, 4)
              .includes(value.split('\n')[0] ?? '')
          )
            platform.inside.values.set(id, first);
        }
        return result;
      },
    }),
  },
  'home: what is in ~ survives every update': ({ apply }, platform) => ({
    async apply(change, context) {
      const result = await apply(change, context);
      const updates = change.action === 'update' || change.action === 'replace';
      if (updates && !('restores' in change.payload)) emptyHome(platform);
      return result;
    },
  }),
  'home: a kept volume is all that is left, and the next deploy uses it': {
    'the next deploy makes another one': ({ apply }, platform) => ({
      async apply(change, context) {
        if (change.resource.type === 'machine' && change.action === 'create') emptyHome(platform);
        return apply(change, context);
      },
    }),
    'a volume alone is called half made': ({ summarize }) => ({
      summarize(...args) {
        const { kept, ...summary } = summarize(...args);
        const isAlone = kept !== undefined && summary.state === 'absent';
        return isAlone ? { ...summary, state: 'incomplete' } : { ...summary, ...(kept && { kept }) };
      },
    }),
    'the summary does not know it': ({ summarize }) => ({
      summarize(...args) {
        const { kept, ...summary } = summarize(...args);
        return summary.state === 'absent' || kept === undefined ? summary : { ...summary, kept };
      },
    }),
  },
  'session: variables of the request reach the process': sessions(({ env: _dropped, ...request }) => request),
  'session: a terminal is of the type that was asked for': sessions(({ terminal, ...request }) => ({
    ...request,
    ...(terminal === undefined ? {} : { terminal: { ...terminal, type: 'xterm' } }),
  })),
  'session: a terminal has the size that was asked for': sessions(({ terminal, ...request }) => ({
    ...request,
    ...(terminal === undefined ? {} : { terminal: { ...terminal, columns: 80, rows: 24 } }),
  })),
  'session: resize changes the size of the terminal': sessions(asAsked, () => ({ resize: () => undefined })),
  'session: a signal reaches the process': sessions(asAsked, () => ({ signal: () => undefined })),
  'session: close leaves no process behind': (provider, platform) => ({
    async session(spec, request, context) {
      const session = await of(provider.session)(spec, request, context);
      return {
        ...session,
        close() {
          const machine = platform.things.find(({ type, mark }) => type === 'machine' && mark !== null)?.id ?? '';
          const living = platform.inside.isAlive;
          const pid = platform.inside.begin(machine, () => undefined) - 1;
          // Its streams end, and it does not.
          Object.assign(platform.inside, {
            isAlive: (where: string, asked: number) => asked === pid || living(where, asked),
          });
          session.close();
        },
      };
    },
  }),
  'connections: every declared method works, or the summary says why not': {
    'one fails without a word before': ({ summarize }) => ({
      summarize(...args) {
        const summary = summarize(...args);
        const connections = summary.connections?.map(({ method }) => ({ method, unavailable: null }));
        return { ...summary, ...(connections === undefined ? {} : { connections }) };
      },
    }),
    'one fails with a bug': (provider) => ({
      summarize(...args) {
        const { connections: _unknown, ...summary } = provider.summarize(...args);
        return summary;
      },
      async session(spec, request, context) {
        if (request.method === 'relay') throw refused('the relay is busy');
        return of(provider.session)(spec, request, context);
      },
    }),
    'the summary tells of another': ({ summarize }) => ({
      summarize(...args) {
        const summary = summarize(...args);
        return { ...summary, connections: [{ method: 'pigeon', unavailable: null }] };
      },
    }),
  },
  'instance: one that does not exist is refused': {
    'in a session': sessions(({ instance: _ignored, ...request }) => request),
    'in exec': (provider) => ({
      exec: (spec, { instance: _ignored, ...request }, context) => of(provider.exec)(spec, request, context),
    }),
    'in dial': (provider) => ({
      dial: (spec, { instance: _ignored, ...request }, context) => of(provider.dial)(spec, request, context),
    }),
    'in events': (provider) => ({
      events: (spec, { instance: _ignored, ...request }, context) => of(provider.events)(spec, request, context),
    }),
    'in power': (provider) => {
      const power = of(provider.power);
      return { power: { ...power, start: (spec, context) => power.start(spec, context) } };
    },
    'in hold': (provider) => ({
      hold: (spec, { instance: _ignored, ...request }, context) => of(provider.hold)(spec, request, context),
    }),
    'in sshTarget': (provider) => ({ sshTarget: (spec, context) => of(provider.sshTarget)(spec, context) }),
    'in logs': (provider) => ({
      logs: (spec, { instance: _ignored, ...request }, context) => of(provider.logs)(spec, request, context),
    }),
  },
  'exec: the first 64 KiB of the output are whole': (provider) => ({
    async exec(...args) {
      const result = await of(provider.exec)(...args);
      return { ...result, stdout: result.stdout.slice(0, 4096) };
    },
  }),
  'exec: ends at its time limit': {
    'the limit is ignored': (provider) => ({
      exec: (spec, { timeoutMs: _ignored, ...request }, context) => of(provider.exec)(spec, request, context),
    }),
    'the limit is called a refusal': (provider) => ({
      async exec(...args) {
        try {
          return await of(provider.exec)(...args);
        } catch (error) {
          const { code } = error as { code?: string };
          throw code === 'REFERENCE_TIMED_OUT' ? Object.assign(error as object, { kind: 'refused' }) : error;
        }
      },
    }),
  },
  'exec: does not wake a sleeping environment': (provider) => ({
    async exec(spec, request, context) {
      // What does not exist is refused by the start already.
      await of(provider.power).start(spec, context);
      return of(provider.exec)(spec, request, context);
    },
  }),
  'logs: since leaves out what is older': (provider) => ({
    logs: (spec, { sinceMs: _ignored, ...request }, context) => of(provider.logs)(spec, request, context),
  }),
};
