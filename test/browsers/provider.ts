/** An engine as a provider of vitest's browser mode: it opens the runner's page, the tests do the rest. */
import { defineBrowserProvider } from '@vitest/browser'
import type { BrowserProvider, BrowserProviderOption, TestProject } from 'vitest/node'
import type { Engine, EnginePage } from './engine.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    __vitest_viewport(size: { width: number; height: number }): Promise<void>
  }
}

function createProvider(
  name: string,
  launch: () => Promise<Engine>,
  project: TestProject,
): BrowserProvider {
  const pages = new Map<string, EnginePage>()
  let engine: Promise<Engine> | undefined
  // The runner asks for it before each file, and a test may.
  project.browser?.registerCommand(
    '__vitest_viewport',
    async ({ sessionId }, { width, height }) => {
      await pages.get(sessionId)?.resize(width, height)
    },
  )
  return {
    name,
    // The driver of WebKit has one window a session and the machine few cores: one page after the other.
    supportsParallelism: false,
    getCommandsContext: () => ({}),
    async openPage(sessionId, url) {
      engine ??= launch()
      await pages.get(sessionId)?.close()
      const page = await (await engine).openPage()
      pages.set(sessionId, page)
      await page.goto(url)
    },
    async close() {
      const started = engine
      engine = undefined
      pages.clear()
      await (await started)?.close()
    },
  }
}

export function driveEngine(name: string, launch: () => Promise<Engine>): BrowserProviderOption {
  return defineBrowserProvider({
    name,
    providerFactory: (project) => createProvider(name, launch, project),
  })
}
