import type { Diagnosis, Hold } from '@sindri/core';
import { of, type Bend, type BrokenProviders } from './bend.js';

/** Changes a hold as it is handed out. */
function holding(change: (hold: Hold) => Partial<Hold>): Bend {
  return (provider) => ({
    async hold(spec, request, context) {
      const hold = await of(provider.hold)(spec, request, context);
      return { ...hold, ...change(hold) };
    },
  });
}

function finding(change: (diagnosis: Diagnosis) => Diagnosis): Bend {
  return (provider) => ({ diagnose: async (spec, context) => change(await of(provider.diagnose)(spec, context)) });
}

export const brokenTroubles: BrokenProviders = {
  'hold: what is held stays awake, is told, and sleeps again once it is released': {
    'nothing is held': (provider) => ({
      async hold(spec, request, context) {
        const hold = await of(provider.hold)(spec, request, context);
        if (request.reason === 'a nightly import') await hold.release();
        return hold;
      },
    }),
    'it is never let go': (provider) => ({
      async hold(spec, request, context) {
        const hold = await of(provider.hold)(spec, request, context);
        if (request.reason !== 'a nightly import') return hold;
        return { ...hold, ended: Promise.resolve('released'), release: async () => {} };
      },
    }),
    'nobody is told': (provider) => ({
      summarize(spec, observation) {
        const { holds: _holds, ...rest } = provider.summarize(spec, observation);
        return rest;
      },
    }),
  },
  'hold: a sleeping environment is woken, and a hold is in the way of no other operation': (provider) => {
    let held = false;
    return {
      async hold(spec, request, context) {
        const hold = await of(provider.hold)(spec, request, context);
        held = request.reason === 'conformance';
        return hold;
      },
      power: {
        ...of(provider.power),
        stop: async (spec, context, which) =>
          held && which?.instance === undefined
            ? { before: 'running', after: 'stopped' }
            : of(of(provider.power).stop)(spec, context, which),
      },
    };
  },
  'hold: it ends by itself, and by the signal of its caller': {
    'another end is told': holding(({ ended }) => ({
      ended: ended.then((how) => (how === 'expired' ? 'interrupted' : how)),
    })),
    'an abort is a release': holding(({ ended }) => ({ ended: ended.catch(() => 'released' as const) })),
  },
  'hold: without an installation to wait for it is over at once': holding(({ ended }) => ({
    ended: ended.then((how) => (how === 'installed' ? 'released' : how)),
  })),
  'diagnose: nothing is wrong with what has just been deployed': finding((diagnosis) =>
    diagnosis.findings.length > 0 ? diagnosis : { ...diagnosis, findings: [NOISE] },
  ),
  'diagnose: what is not deployed is told, with the command for it': {
    'it is not told': finding((diagnosis) => ({
      ...diagnosis,
      findings: diagnosis.findings.filter(({ id }) => id !== 'not-deployed'),
    })),
    'without a command': finding((diagnosis) => ({
      ...diagnosis,
      findings: diagnosis.findings.map((item) =>
        item.id === 'not-deployed' ? { ...item, fix: [{ text: 'Deploy it.', command: null }] } : item,
      ),
    })),
  },
  'diagnose: an environment whose main process has ended has a problem': finding((diagnosis) => ({
    ...diagnosis,
    findings: diagnosis.findings.filter(({ id }) => id !== 'failed'),
  })),
  'diagnose: to look changes nothing, and wakes nothing': (provider) => ({
    async diagnose(spec, context) {
      const diagnosis = await of(provider.diagnose)(spec, context);
      if (diagnosis.findings.length === 0) await of(provider.power).start(spec, context);
      return diagnosis;
    },
  }),
};

const NOISE = {
  id: 'noise',
  severity: 'problem' as const,
  title: 'It hums',
  cause: 'It has a fan.',
  evidence: ['A sound.'],
  fix: [{ text: 'Close the door.', command: null }],
};
