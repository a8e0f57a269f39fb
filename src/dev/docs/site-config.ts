/**
 * The site's settings for VitePress: two languages, the sidebar of the index, and a search that runs in the page. VitePress's
 * own types do not compile with our settings: the build is what checks this file.
 */
import { fileURLToPath } from 'node:url'
import { toAnchor } from './anchor.ts'
import { buildSidebar } from './site-pages.ts'

/** How VitePress's manual replaces a component of its theme. */
const replaceComponent = (name: string, file: string) => ({
  find: new RegExp(`^.*/${name}\\.vue$`),
  replacement: fileURLToPath(new URL(`theme/${file}`, import.meta.url)),
})

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#3451b2" stroke-width="3"><path d="M7 21V6m-4 4 4-4 4 4m6-7v15m-4-4 4 4 4-4"/></svg>'

const CHINESE_SEARCH = {
  translations: {
    button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
    modal: {
      noResultsText: '没有结果',
      resetButtonTitle: '清除',
      displayDetails: '显示详情',
      backButtonTitle: '返回',
      footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
    },
  },
}

export const siteConfig = {
  title: 'Upcall',
  description: 'Direct uploads to Alibaba Cloud OSS with verified callbacks',
  cleanUrls: true,
  lang: 'en',
  // An arrow that comes down again; inside the page, because nothing else needs a file.
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  // VitePress links a file for icons of its own menu, which is empty here: one request less before the first paint.
  transformHtml: (html: string) =>
    html.replace('<link rel="preload stylesheet" href="/vp-icons.css" as="style">', ''),
  vite: {
    resolve: {
      alias: [
        replaceComponent('VPHome', 'home.vue'),
        replaceComponent('VPSidebarGroup', 'sidebar-group.vue'),
      ],
    },
  },
  appearance: {
    // The page's head has set the class already. To set it again takes two full calculations of style, with transitions off
    // and on again. Runs in the page and, without a document, in the build; by itself.
    onChanged: (isDark: boolean, change: (mode: string) => void, mode: string) => {
      const classes = globalThis.document?.documentElement.classList
      if (classes && classes.contains('dark') !== isDark) change(mode)
    },
  },
  markdown: {
    anchor: { slugify: toAnchor },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    sidebar: buildSidebar('docs/README.md'),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        locales: { 'zh-CN': CHINESE_SEARCH },
        miniSearch: {
          options: {
            // Chinese has no spaces between words. Runs in the page, by itself.
            tokenize: (text: string) =>
              [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)]
                .filter(({ isWordLike }) => isWordLike)
                .map(({ segment }) => segment),
          },
        },
      },
    },
  },
  locales: {
    root: { label: 'English', lang: 'en' },
    'zh-CN': {
      label: '简体中文',
      lang: 'zh-CN',
      description: '带验证回调的阿里云 OSS 直传',
      themeConfig: {
        sidebar: buildSidebar('docs/zh-CN/README.md'),
        outline: { level: [2, 3], label: '本页目录' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '外观',
        lightModeSwitchTitle: '切换到浅色',
        darkModeSwitchTitle: '切换到深色',
        sidebarMenuLabel: '目录',
        returnToTopLabel: '回到顶部',
        langMenuLabel: '语言',
      },
    },
  },
}
