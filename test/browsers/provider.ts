/** An engine as a provider of vitest's browser mode: it opens the runner's page, the tests do the rest. */
import { defineBrowserProvider, parseKeyDef } from '@vitest/browser'
import type { BrowserProvider, BrowserProviderOption, TestProject } from 'vitest/node'
import type { Engine, EnginePage } from './engine.ts'

declare module 'vitest/browser' {
  interface BrowserCommands {
    __vitest_viewport(size: { width: number; height: number }): Promise<void>
    __vitest_keyboard(keys: string, held: HeldKeys): Promise<HeldKeys>
    __vitest_cleanup(held: HeldKeys): Promise<void>
  }
}

interface HeldKeys {
  unreleased: string[]
}

/** The tests run in a frame of the runner's page: keys must reach it. */
function focusTests(): void {
  const frame = document.querySelector<HTMLElement>('iframe[data-vitest]')
  if (document.activeElement !== frame) frame?.focus()
}

/** @param text in Testing Library's way of writing: `{Shift>}{Tab}{/Shift}` */
async function type(page: EnginePage, text: string, { unreleased }: HeldKeys): Promise<HeldKeys> {
  await page.evaluate(focusTests)
  const held = new Set(unreleased)
  for (const { keyDef, releasePrevious, releaseSelf, repeat } of parseKeyDef(text)) {
    const { key = '' } = keyDef
    if (held.delete(key)) await page.keyUp(key)
    if (releasePrevious) continue
    for (let time = 0; time < repeat; time += 1) await page.keyDown(key)
    if (releaseSelf) await page.keyUp(key)
    else held.add(key)
  }
  return { unreleased: [...held] }
}

function createProvider(
  name: string,
  launch: () => Promise<Engine>,
  project: TestProject,
): BrowserProvider {
  const pages = new Map<string, EnginePage>()
  let engine: Promise<Engine> | undefined
  const findPage = (sessionId: string): EnginePage => {
    const page = pages.get(sessionId)
    if (!page) throw new Error(`${name} has no page for session ${sessionId}.`)
    return page
  }
  // What the runner and tests ask of a driver. More of `userEvent` is added when a test needs it.
  const { browser } = project
  browser?.registerCommand('__vitest_viewport', ({ sessionId }, { width, height }) =>
    findPage(sessionId).resize(width, height),
  )
  browser?.registerCommand('__vitest_keyboard', ({ sessionId }, keys, held) =>
    type(findPage(sessionId), keys, held),
  )
  browser?.registerCommand('__vitest_cleanup', async ({ sessionId }, { unreleased }) => {
    for (const key of unreleased) await findPage(sessionId).keyUp(key)
  })
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
