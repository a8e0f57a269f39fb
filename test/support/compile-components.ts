/** Compiles `.vue` files for tests, by Vue's own compiler. */
import { transform } from 'esbuild'
import type { Plugin } from 'vitest/config'
import { compileScript, parse } from 'vue/compiler-sfc'

async function compileVue(source: string, id: string): Promise<string> {
  const { descriptor, errors } = parse(source, { filename: id })
  if (errors.length > 0) throw new AggregateError(errors, id)
  const { content } = compileScript(descriptor, { id, inlineTemplate: true })
  const { code } = await transform(content, { loader: 'ts' })
  return code
}

export function compileComponents(): Plugin {
  return {
    name: 'compile-components',
    enforce: 'pre',
    transform(source, id) {
      return id.endsWith('.vue') ? compileVue(source, id) : undefined
    },
  }
}
