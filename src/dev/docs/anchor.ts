/** What GitHub and the site put behind `#` for a heading: lower case, no punctuation, spaces as hyphens; letters of every script stay. */
export function toAnchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
