const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/;

/** Tags for people: those with a full version first, the highest first, then the rest by name. */
export function sortTags(tags: readonly string[]): { tag: string; version: string | null }[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return tags
    .map((tag) => ({ tag, version: VERSION.test(tag) ? tag.replace(/^v/, '') : null }))
    .sort((a, b) => {
      if (a.version === null || b.version === null) {
        return Number(a.version === null) - Number(b.version === null) || collator.compare(a.tag, b.tag);
      }
      const [first, second] = [a.version, b.version].map((text) => text.split('-')[0] as string);
      return collator.compare(second as string, first as string) || collator.compare(a.tag, b.tag);
    });
}
