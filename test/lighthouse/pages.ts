/** The pages that Lighthouse looks at, and what it measures. */

export interface Page {
  /** As on the command line. */
  name: string
  site: 'demo' | 'docs'
  path: string
}

/**
 * Of the docs the home pages, the first pages of a reader, and the longest of each language by bytes of HTML: `dropzone` and
 * `troubleshooting-zh`, then `troubleshooting`, the two of `frameworks`, and `virus-scan-zh`.
 */
export const PAGES: readonly Page[] = [
  { name: 'demo', site: 'demo', path: '/?lang=en' },
  { name: 'demo-zh', site: 'demo', path: '/?lang=zh' },
  { name: 'home', site: 'docs', path: '/' },
  { name: 'home-zh', site: 'docs', path: '/zh-CN/' },
  { name: 'start', site: 'docs', path: '/start' },
  { name: 'client', site: 'docs', path: '/client' },
  { name: 'guide', site: 'docs', path: '/guides/large-video' },
  { name: 'troubleshooting', site: 'docs', path: '/troubleshooting' },
  { name: 'troubleshooting-zh', site: 'docs', path: '/zh-CN/troubleshooting' },
  { name: 'dropzone', site: 'docs', path: '/source/examples-react-dropzone.tsx' },
  { name: 'frameworks', site: 'docs', path: '/frameworks' },
  { name: 'frameworks-zh', site: 'docs', path: '/zh-CN/frameworks' },
  { name: 'virus-scan-zh', site: 'docs', path: '/zh-CN/guides/virus-scan' },
]

export const FORM_FACTORS = ['mobile', 'desktop'] as const
export type FormFactor = (typeof FORM_FACTORS)[number]

/** Lighthouse's ids, in the order of the table. */
export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const
export type Category = (typeof CATEGORIES)[number]

/** Points of 100, in every category. */
export const LEAST_SCORE = 95
