/** A time as Fly writes it; `null` for what is none. Go writes a time that is not set as the first day of the year 1. */
export function wireTime(text: string | null | undefined): string | null {
  return text && Date.parse(text) >= 0 ? text : null;
}
