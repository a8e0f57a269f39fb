/** In the order of the tables. Apart from the page's code: this is also read outside of a page. */
export const CONTENDER_NAMES = [
  'upcall',
  'ali-oss',
  'uppy',
  'better-upload',
  'tus',
  'fetch',
] as const
export type ContenderName = (typeof CONTENDER_NAMES)[number]
/** Ours there too; the rest is measured in Chromium alone. */
export const OTHER_ENGINES = ['Firefox', 'WebKit'] as const
export type EngineName = (typeof OTHER_ENGINES)[number]
