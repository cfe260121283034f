import type { FaultDefinition } from './fault.js';

/**
 * Faults inside the platform. The part concerned asks for them by name, with the machine at hand; `match.app` and
 * `match.machine` narrow them.
 */
export const PLATFORM_FAULTS: readonly FaultDefinition[] = [
  {
    name: 'lease-held',
    family: 'lease',
    summary: 'Just before the next write to a machine somebody else takes its lease; 409 until it expires.',
    params: { owner: 'who', ttlSeconds: 'for how long (default 60)', description: 'for what' },
    times: 1,
  },
  {
    name: 'stuck-replacing',
    family: 'machine',
    summary: 'An update never gets beyond "replacing"; only a forced delete helps.',
    params: {},
    times: 1,
  },
  {
    name: 'slow-start',
    family: 'machine',
    summary: 'A machine takes long to start.',
    params: { ms: 'how much longer (default 30000)' },
    times: 1,
  },
  {
    name: 'slow-stop',
    family: 'machine',
    summary: 'A machine takes long to stop or suspend.',
    params: { ms: 'how much longer (default 30000)' },
    times: 1,
  },
  {
    name: 'crash-on-boot',
    family: 'machine',
    summary: 'The main process ends right after every start; the restart policy decides what follows.',
    params: {
      exitCode: 'default 1',
      log: 'lines the program writes before it ends (a list)',
      afterMs: 'how long it lives (default 0)',
      oom: 'true = killed for want of memory, exit code 137',
    },
    times: 0,
  },
  {
    name: 'boot-fails',
    family: 'machine',
    summary: 'The machine cannot be started at all (its image cannot be unpacked): it ends in "failed".',
    params: { message: 'the log line' },
    times: 1,
  },
  {
    name: 'still-active',
    family: 'machine',
    summary: 'A start is refused with 412 "machine still active" although the state reads "stopped".',
    params: {},
    times: 1,
  },
  {
    name: 'update-reverted',
    family: 'machine',
    summary: 'An update is accepted and undone a moment later (events update/replacing, revert/stopped).',
    params: { afterMs: 'default 130' },
    times: 1,
  },
  {
    name: 'image-pull-fails',
    family: 'machine',
    summary: 'An update is accepted, its image cannot be pulled, and the old version goes on running.',
    params: { afterMs: 'default 130', message: 'why, for the log line (default "manifest unknown")' },
    times: 1,
  },
  {
    name: 'image-preparing',
    family: 'machine',
    summary: 'The image of the next create or update takes long to prepare; starts are refused with 412 meanwhile.',
    params: { ms: 'how much longer (default 70000; up to 98000 was seen)' },
    times: 1,
  },
  {
    name: 'asleep-before-update',
    family: 'machine',
    summary: 'Fly suspends the machine just before the next update, which then leaves it stopped.',
    params: {},
    times: 1,
  },
  {
    name: 'secrets-lag',
    family: 'machine',
    summary: 'The host has not seen the newest secrets yet: an update without min_secrets_version keeps the old ones.',
    params: {},
    times: 1,
  },
  {
    name: 'sleeps-at-once',
    family: 'machine',
    summary: 'Fly puts the machine to sleep as soon as it is started.',
    params: {},
    times: 1,
  },
  {
    name: 'start-while-suspending',
    family: 'machine',
    summary: 'A start is refused with 412 while the machine is suspending.',
    params: {},
    times: 0,
  },
  {
    name: 'start-dropped',
    family: 'machine',
    summary: 'A start is accepted and nothing comes of it.',
    params: {},
    times: 1,
  },
  {
    name: 'host-unreachable',
    family: 'machine',
    summary:
      'The host is not reachable: host_status "unreachable", incomplete_config in place of config, writes to the machine and its volume fail; a destroy is carried out when the host is back.',
    params: {},
    times: 0,
  },
  {
    name: 'volume-used',
    family: 'machine',
    summary:
      'The volume of a machine holds so much, whatever is on it: it fills up, and grows by itself where its mount says so.',
    params: { gb: 'how much (default 500: full at any size)' },
    times: 0,
  },
  {
    name: 'stale-list',
    family: 'consistency',
    summary: 'Lists of machines and volumes miss what was created a moment ago.',
    params: { ms: 'how young a thing must be to be missed (default 2000)', empty: 'true = the lists are empty' },
    times: 0,
  },
];
