import type { PastEvent, PastEventKind } from '@sindri/core';
import { plainCommand, type NextCommand } from '../next-commands.js';
import type { EventsResult } from '../operations/events.js';
import type { Style } from '../style.js';
import { plainText } from '../terminal/outside-text.js';

/** `2026-03-01 12:30:05 UTC  woken by a connection`, one for each event, newest last. */
export function formatEvents(
  { environment, events }: EventsResult,
  style: Style,
  { isPart = false, next = plainCommand }: { isPart?: boolean; next?: NextCommand } = {},
): string {
  if (events.length === 0) {
    const name = style.bold(environment);
    return isPart
      ? `Nothing happened to ${name} in that time.\nAll that is known: ${next('events')}`
      : `Nothing is known to have happened to ${name}.\nWhat is there now: ${next('status')}`;
  }
  return events.map((event) => formatEvent(event, style)).join('\n');
}

function formatEvent({ at, kind, message, instance }: PastEvent, style: Style): string {
  const time = timeText(at);
  const text = plainText(instance === undefined ? message : `${instance}: ${message}`);
  return `${time}  ${paint(kind, text, style)}`;
}

function timeText(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? plainText(iso) : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function paint(kind: PastEventKind, text: string, style: Style): string {
  return kind === 'crashed' || kind === 'out-of-memory' ? style.red(text) : text;
}
