/** A browser engine as a journey sees it: few verbs, the same in Chromium, Firefox and WebKit. */

export interface EnginePage {
  goto(url: string): Promise<void>
  /** As if a person had chosen them in the dialog. */
  setFiles(selector: string, paths: string[]): Promise<void>
  click(selector: string): Promise<void>
  /** Where the focus is; `key` as in `KeyboardEvent.key`. It stays down until told otherwise. */
  keyDown(key: string): Promise<void>
  keyUp(key: string): Promise<void>
  /**
   * Runs a function in the page; it sees nothing of its surroundings here, arguments and result are JSON.
   * A promise is awaited.
   */
  evaluate<Args extends unknown[], Result>(
    run: (...args: Args) => Result,
    ...args: Args
  ): Promise<Awaited<Result>>
  /** CSS pixels of the page itself. */
  resize(width: number, height: number): Promise<void>
  /** A PNG of what is visible. */
  screenshot(path: string): Promise<void>
  /** Uncaught errors, refused loads and messages of `console.error` so far. */
  readFaults(): Promise<string[]>
  close(): Promise<void>
}

export interface Engine<Page extends EnginePage = EnginePage> {
  openPage(): Promise<Page>
  /** Ends the browser, and whatever else was started for it. */
  close(): Promise<void>
}

export const WINDOW = { width: 1280, height: 900 }

/** A call as source text: what runs in the page must not need `eval`, which a page's policy may forbid. */
export function writeCall(run: (...args: never[]) => unknown, args: unknown[]): string {
  return `(${run})(...${JSON.stringify(args)})`
}

export async function press(page: EnginePage, key: string): Promise<void> {
  await page.keyDown(key)
  await page.keyUp(key)
}
