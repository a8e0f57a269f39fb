export default defineNuxtConfig({
  compatibilityDate: '2026-11-01',
  telemetry: false,
  app: {
    head: {
      title: 'Photos',
      htmlAttrs: { lang: 'en' },
      link: [
        { rel: 'icon', href: 'data:,' },
        { rel: 'stylesheet', href: '/style.css' },
      ],
    },
  },
})
