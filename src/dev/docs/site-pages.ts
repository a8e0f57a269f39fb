/**
 * The pages of the site, from README, `docs` and the files that they link to: READMEs of folders become their index, and
 * a source file becomes a page that shows it. So no link of the site leads out of it. Over 200 lines: the words of the two home
 * pages.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'

/** Beside README. docs/security.md is another page than SECURITY.md. */
const ROOT_PAGES = ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
const LINK = /(?<=\]\()([^)\s#]*)(#[^)\s]*)?(?=\))/g
/** Code keeps what looks like a link. */
const CODE = /^```.*?^```$|`[^`\n]*`/gms

const LANGUAGES: Readonly<Record<string, string>> = { mjs: 'js', py: 'python', yml: 'yaml' }

export interface SiteText {
  language: 'en' | 'zh'
  tagline: string
  start: string
  guides: string
  /** Title, words, link. */
  features: readonly (readonly [string, string, string])[]
}

const HOME: readonly SiteText[] = [
  {
    language: 'en',
    tagline:
      'A web page uploads a file straight to Alibaba Cloud OSS, and OSS calls your server back when it has arrived.',
    start: 'Start in five minutes',
    guides: 'Guides by task',
    features: [
      [
        'The page',
        'One call for 1 byte or 53 TB, without dependencies: it resumes, retries and checks every byte.',
        '/client',
      ],
      [
        'The service',
        'Stateless, on Workers or Node. It signs what a profile allows, and records each receipt before it responds.',
        '/service',
      ],
      [
        'The local OSS',
        'Verifies signatures and really calls back, for tests in any language and without an account.',
        '/local-oss',
      ],
      [
        'Error codes',
        'Every code of client, service and OSS: what happened, why, and what to do.',
        '/troubleshooting',
      ],
    ],
  },
  {
    language: 'zh',
    tagline: '网页把文件直接上传到阿里云 OSS，文件到达后 OSS 回调您的服务端。',
    start: '五分钟上手',
    guides: '按任务的指南',
    features: [
      [
        '页面',
        '1 字节到 53 TB 都是同一个调用，没有依赖：断点续传、自动重试、校验每个字节。',
        '/zh-CN/client',
      ],
      [
        '服务',
        '无状态，运行在 Workers 或 Node 上。按 profile 签名，先记录回执再响应。',
        '/zh-CN/service',
      ],
      [
        '本地 OSS',
        '校验签名并真正发起回调，可用于任何语言的测试，不需要账号。',
        '/zh-CN/local-oss',
      ],
      ['错误码', '客户端、服务和 OSS 的每个错误码：现象、原因和处理。', '/zh-CN/troubleshooting'],
    ],
  },
]

/** Where a file of the repository is on the site. */
export function toSitePath(path: string): string {
  if (path === 'README.md') return 'index.md'
  if (path === 'README.zh-CN.md') return 'zh-CN/index.md'
  if (ROOT_PAGES.includes(path)) return `project/${path.toLowerCase()}`
  if (!path.startsWith('docs/')) {
    return `source/${path.replaceAll('/', '-').replace(/\.md$/, '')}.md`
  }
  const own = path.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md')
  return own.endsWith('.md') ? own : `source/${own.replaceAll('/', '-')}.md`
}

/**
 * Links as the site needs them.
 *
 * @param onSource gets each file that is no page yet
 */
export function rewriteLinks(
  path: string,
  text: string,
  onSource: (source: string) => void = () => {},
): string {
  const from = posix.dirname(toSitePath(path))
  const kept: string[] = []
  const prose = text.replace(CODE, (code) => `\u0000${kept.push(code) - 1}\u0000`)
  const linked = prose.replace(LINK, (whole, target: string, anchor = '') => {
    if (target === '' || /^[a-z]+:/.test(target)) return whole
    const file = posix.join(posix.dirname(path), decodeURI(target))
    const source = existsSync(posix.join(file, 'README.md')) ? posix.join(file, 'README.md') : file
    if (toSitePath(source).startsWith('source/')) onSource(source)
    const to = posix.relative(from, toSitePath(source))
    return `${to.startsWith('.') ? to : `./${to}`}${anchor}`
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the mark that no text has
  return linked.replace(/\u0000(\d+)\u0000/g, (_, at) => kept[Number(at)] ?? '')
}

/** A folder is shown as a list of its files. */
function listFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return []
  return globSync(`${path}/**/*`)
    .filter((file) => statSync(file).isFile() && !/\.(?:wasm|png|jpg|svg|bin)$/.test(file))
    .sort()
}

function showFolder(path: string, files: readonly string[]): string {
  const from = posix.dirname(toSitePath(path))
  const items = files.map((file) => {
    return `- [${posix.relative(path, file)}](./${posix.relative(from, toSitePath(file))})`
  })
  return `# ${posix.basename(path)}\n\n${items.join('\n')}\n`
}

function showSource(path: string): string {
  const extension = posix.extname(path).slice(1)
  const code = readFileSync(path, 'utf8').trimEnd()
  return `# ${posix.basename(path)}\n\n\`${path}\`\n\n\`\`\`\`${LANGUAGES[extension] ?? extension}\n${code}\n\`\`\`\`\n`
}

function showEnglishOnly(twin: string, path: string): string {
  const target = posix.relative(posix.dirname(twin), path)
  return `# ${posix.basename(path, '.md')}\n\n此页只有英文：[${path.replace(/\.md$/, '')}](${target})。\n`
}

function writeHome({ language, tagline, start, guides, features }: SiteText): string {
  const cards = features.map(
    ([title, details, link]) =>
      `  - title: ${title}\n    details: '${details}'\n    link: ${link}\n`,
  )
  const prefix = language === 'zh' ? '/zh-CN' : ''
  return `---
layout: home
hero:
  name: Upcall
  text: ''
  tagline: ${tagline}
  actions:
    - { theme: brand, text: ${start}, link: ${prefix}/start }
    - { theme: alt, text: ${guides}, link: ${prefix}/guides/ }
features:
${cards.join('')}---

`
}

/** Path on the site → Markdown. */
export function buildSitePages(): Map<string, string> {
  const pages = new Map<string, string>()
  const sources = new Set<string>()
  for (const path of [...ROOT_PAGES, ...globSync('docs/**/*.md').sort()]) {
    const text = rewriteLinks(path, readFileSync(path, 'utf8'), (source) => sources.add(source))
    const home = HOME.find(({ language }) => {
      return path === (language === 'zh' ? 'docs/zh-CN/README.md' : 'docs/README.md')
    })
    // The home page has its title in its head.
    pages.set(toSitePath(path), home ? writeHome(home) + text.replace(/^# .*\n\n.*\n/, '') : text)
  }
  for (const source of sources) {
    const files = listFiles(source)
    for (const file of files) sources.add(file)
    const page = files.length > 0 ? showFolder(source, files) : showSource(source)
    pages.set(toSitePath(source), page)
  }
  // The language menu leads from each page to its twin.
  for (const path of [...pages.keys()].filter((name) => !name.startsWith('zh-CN/'))) {
    const twin = `zh-CN/${path}`
    if (!pages.has(twin)) pages.set(twin, showEnglishOnly(twin, path))
  }
  return pages
}

export interface SidebarGroup {
  text: string
  items: { text: string; link: string }[]
}

/** From the tables of the index: the head of a table names its pages. */
export function buildSidebar(index: string): SidebarGroup[] {
  const folder = posix.dirname(index).replace(/^docs\/?/, '')
  const text = readFileSync(index, 'utf8')
  return [...text.matchAll(/^\| ([^|]+) \| \|\n\|---\|---\|\n((?:\|.*\n?)+)/gm)].map(
    ([, title = '', rows = '']) => ({
      text: title,
      items: [...rows.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\)/gm)].map(
        ([, name = '', target = '']) => {
          const link = toSitePath(posix.join('docs', folder, target)).replace(/(index)?\.md$/, '')
          return { text: name, link: `/${link}` }
        },
      ),
    }),
  )
}
