import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  buildSidebar,
  buildSitePages,
  rewriteLinks,
  toSitePath,
} from '../../../src/dev/docs/site-pages.ts'
import { listLinks } from '../../support/markdown.ts'

describe('a file of the repository', () => {
  it.each([
    ['README.md', 'index.md'],
    ['README.zh-CN.md', 'zh-CN/index.md'],
    ['docs/README.md', 'index.md'],
    ['docs/zh-CN/deploy/README.md', 'zh-CN/deploy/index.md'],
    ['docs/client.md', 'client.md'],
    ['SECURITY.md', 'project/security.md'],
    ['docs/webhook/node.ts', 'source/webhook-node.ts.md'],
    ['client/examples/plain.html', 'source/client-examples-plain.html.md'],
    ['test/bench/results.md', 'source/test-bench-results.md'],
  ])('%s is %s on the site', (path, expected) => {
    expect(toSitePath(path)).toBe(expected)
  })
})

describe('links', () => {
  it.each([
    ['docs/a.md', '[x](deploy/README.md#how)', '[x](./deploy/index.md#how)'],
    ['docs/a.md', '[x](../SECURITY.md)', '[x](./project/security.md)'],
    ['docs/zh-CN/a.md', '[x](../api.md)', '[x](../api.md)'],
    ['docs/webhook/README.md', '[x](node.ts)', '[x](../source/webhook-node.ts.md)'],
    [
      'docs/a.md',
      '[x](#here) [y](https://a.example/b.md)',
      '[x](#here) [y](https://a.example/b.md)',
    ],
    ['docs/a.md', '`[x](README.md)`', '`[x](README.md)`'],
    ['docs/a.md', '```ts\n[x](README.md)\n```', '```ts\n[x](README.md)\n```'],
  ])('of %s: %s', (path, text, expected) => {
    expect(rewriteLinks(path, text)).toBe(expected)
  })
})

describe('the pages of the site', () => {
  const pages = buildSitePages()

  it('are those of docs, in both languages, and what they link to', () => {
    expect(pages.size).toBeGreaterThan(100)
    const english = [...pages.keys()].filter((path) => !path.startsWith('zh-CN/'))
    expect(english.filter((path) => !pages.has(`zh-CN/${path}`))).toEqual([])
    expect(pages.get('source/webhook-node.ts.md')).toContain(
      readFileSync('docs/webhook/node.ts', 'utf8').trim(),
    )
  })

  it('begin with a home page in each language', () => {
    expect(pages.get('index.md')).toMatch(/^---\nlayout: home\n/)
    expect(pages.get('zh-CN/index.md')).toContain('link: /zh-CN/start }')
  })
})

describe.each(['docs/README.md', 'docs/zh-CN/README.md'])('the sidebar of %s', (index) => {
  it('has every page of its tables', () => {
    const groups = buildSidebar(index)
    expect(groups.length).toBe(5)
    const links = listLinks(index).length
    // The two above the tables are no part of it.
    expect(groups.flatMap(({ items }) => items)).toHaveLength(links - 2)
  })
})
