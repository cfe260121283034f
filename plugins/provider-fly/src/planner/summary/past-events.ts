import type { PastEvent, PastEventKind } from '@sindri/core';
import type { MachineEventData } from '../../model.js';

/**
 * What a machine's events say, in the words of all providers. Fly tells each act in steps (who asked, what its daemon then did);
 * people hear of it once, when it is done, with who asked. An event that nobody here knows stays, as `other` with Fly's own word.
 * `events` is oldest first; the first ones may be the end of something whose beginning Fly has forgotten. Pure.
 */
export function pastEvents(events: readonly MachineEventData[]): PastEvent[] {
  const story: Story = { told: [], begun: null, isSuspended: false };
  // One without a time cannot be placed.
  for (const event of events.filter(({ timestamp }) => timestamp > 0)) {
    const read = Object.hasOwn(readers, event.type) ? readers[event.type] : undefined;
    (read ?? readOther)(event, story);
  }
  const { begun } = story;
  if (begun !== null) tell(story, begun.at, 'other', begun.cause, `${unfinished[begun.act]}, which has not ended yet`);
  return story.told;
}

type Cause = PastEvent['cause'];
type Act = 'start' | 'stop' | 'suspend' | 'restart' | 'destroy';

interface Story {
  told: PastEvent[];
  /** What somebody asked for and what has not ended yet. */
  begun: { act: Act; cause: Cause; at: number } | null;
  /** Whether the next start continues from memory. */
  isSuspended: boolean;
}

const unfinished: Readonly<Record<Act, string>> = {
  start: 'a start was requested',
  stop: 'a stop was requested',
  suspend: 'a suspend was requested',
  restart: 'a restart was requested',
  destroy: 'its deletion was requested',
};

const readers: Readonly<Record<string, (event: MachineEventData, story: Story) => void>> = {
  launch(event, story) {
    // The new version is launched too, as a part of its update.
    if (event.status === 'created' && story.told.at(-1)?.kind === 'updated') return;
    if (event.status === 'created') tell(story, event.timestamp, 'created', causeOf(event), 'created');
    else if (event.status === 'failed')
      tell(story, event.timestamp, 'other', 'platform', 'could not be started by Fly');
    else if (event.status !== 'pending') readOther(event, story);
  },
  start(event, story) {
    if (event.status !== 'started') return begin(story, 'start', event);
    const [kind, cause, message] = started(story);
    story.begun = null;
    story.isSuspended = false;
    tell(story, event.timestamp, kind, cause, message);
  },
  stop: (event, story) => begin(story, 'stop', event),
  restart: (event, story) => begin(story, 'restart', event),
  suspend(event, story) {
    if (event.status !== 'suspended') return begin(story, 'suspend', event);
    const cause = endOf('suspend', story);
    story.isSuspended = true;
    tell(story, event.timestamp, 'suspended', cause, withReason('suspended', cause));
  },
  exit: readExit,
  update(event, story) {
    const updated = 'updated to a new version';
    const last = story.told.at(-1);
    // An update never starts what did not run; the step that says so follows the request for it.
    const asleep = `${updated}, and left stopped because it did not run`;
    story.isSuspended = false;
    if (event.status !== 'stopped') tell(story, event.timestamp, 'updated', causeOf(event), updated);
    else if (last?.kind === 'updated') last.message = asleep;
    else tell(story, event.timestamp, 'updated', null, asleep);
  },
  revert: (event, story) => tell(story, event.timestamp, 'other', 'platform', 'the update was taken back by Fly'),
  destroy(event, story) {
    if (event.status !== 'destroyed') return begin(story, 'destroy', event);
    const cause = endOf('destroy', story);
    tell(story, event.timestamp, 'destroyed', cause, cause === 'user' ? 'destroyed on request' : 'destroyed');
  },
  cordon: (event, story) =>
    tell(story, event.timestamp, 'other', causeOf(event), 'cordoned: Fly routes no connections to it'),
  uncordon: (event, story) =>
    tell(story, event.timestamp, 'other', causeOf(event), 'uncordoned: Fly routes connections to it again'),
};

/** What a start that has succeeded is to be called. */
function started({ begun, isSuspended, told }: Story): [PastEventKind, Cause, string] {
  if (begun?.act === 'restart') return ['restarted', begun.cause, withReason('restarted', begun.cause)];
  if (begun?.act === 'start') {
    const kind = isSuspended ? 'resumed' : 'started';
    return [kind, begun.cause, begun.cause === 'connection' ? 'woken by a connection' : withReason(kind, begun.cause)];
  }
  const before = told.at(-1)?.kind;
  if (before === 'created') return ['started', 'user', 'started for the first time'];
  if (before === 'updated') return ['started', 'user', 'started in its new version'];
  if (before === 'crashed' || before === 'out-of-memory') return ['started', 'platform', 'started again by Fly'];
  return ['started', null, 'started'];
}

function readExit({ exit, timestamp }: MachineEventData, story: Story): void {
  const { begun } = story;
  const wasAsked = exit === null || exit.requestedStop || begun?.act === 'stop';
  if (exit?.oomKilled === true) {
    story.begun = null;
    return tell(story, timestamp, 'out-of-memory', 'crash', `out of memory (exit code ${exit.code})`);
  }
  // A part of something larger, which is told when that has ended.
  if (wasAsked && (begun?.act === 'restart' || begun?.act === 'destroy')) return;
  if (wasAsked && begun === null && story.told.at(-1)?.kind === 'updated') return;
  const cause = endOf('stop', story);
  story.isSuspended = false;
  if (wasAsked) return tell(story, timestamp, 'stopped', cause, withReason('stopped', cause));
  if (exit.code === 0 && exit.signal <= 0) {
    return tell(story, timestamp, 'stopped', null, 'its main process ended by itself, with exit code 0');
  }
  const how = exit.signal > 0 ? `a signal (${exit.signal})` : `exit code ${exit.code}`;
  tell(story, timestamp, 'crashed', 'crash', `its main process ended with ${how}`);
}

function readOther(event: MachineEventData, story: Story): void {
  const status = event.status === '' ? '' : ` (${event.status})`;
  tell(story, event.timestamp, 'other', causeOf(event), `${event.type}${status}`);
}

function begin(story: Story, act: Act, event: MachineEventData): void {
  const cause = event.source === 'proxy' ? (act === 'start' ? 'connection' : 'idle') : causeOf(event);
  story.begun = { act, cause, at: event.timestamp };
}

/** The end of `act`, or of whatever was begun instead; returns who asked for it. */
function endOf(act: Act, story: Story): Cause {
  const { begun } = story;
  story.begun = null;
  return begun?.act === act ? begun.cause : null;
}

function causeOf({ source }: MachineEventData): Cause {
  if (source === 'user') return 'user';
  return source === '' || source === 'proxy' ? null : 'platform';
}

function withReason(what: string, cause: Cause): string {
  if (cause === 'user') return `${what} on request`;
  if (cause === 'idle') return `${what} because nobody was connected`;
  return cause === 'platform' ? `${what} by Fly` : what;
}

function tell(story: Story, at: number, kind: PastEventKind, cause: Cause, message: string): void {
  story.told.push({ at: new Date(at).toISOString(), kind, cause, message });
}
