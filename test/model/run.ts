/** `npm run model`: prints the model of many uploads a second. Nothing is random but by its seed. */
import { fileURLToPath } from 'node:url'
import { ModelError, readInputs } from './inputs.ts'
import { type ModelResult, runModel } from './model.ts'
import { parseOptions, USAGE } from './options.ts'
import { writeResults } from './page.ts'
import { printReport } from './report.ts'

export interface Output {
  text: string
  isWrite: boolean
}

/** @throws {ModelError} */
export function runCommand(args: readonly string[]): Output {
  const { uploadsPerSecond, prices, isJson, isWrite, ...options } = parseOptions(args)
  const inputs = readInputs(prices)
  const results: ModelResult[] = uploadsPerSecond.map((rate) =>
    runModel(inputs, { ...options, uploadsPerSecond: rate }),
  )
  const text = isJson ? JSON.stringify(results, null, 2) : printReport(inputs, results)
  return { text, isWrite }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { text, isWrite } = runCommand(process.argv.slice(2))
    console.log(text)
    if (isWrite) writeResults(text)
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    console.error(error.message)
    if (error.code === 'OPTION') console.error(USAGE)
    process.exitCode = 1
  }
}
