/** The pages that Lighthouse looks at, and what it measures. */

export interface Page {
  /** As on the command line. */
  name: string
  site: 'demo' | 'docs'
  path: string
}

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
]

export const FORM_FACTORS = ['mobile', 'desktop'] as const
export type FormFactor = (typeof FORM_FACTORS)[number]

/** Lighthouse's ids, in the order of the table. */
export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const
export type Category = (typeof CATEGORIES)[number]

/** Points of 100, in every category. */
export const LEAST_SCORE = 95
