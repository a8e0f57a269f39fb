/** Compiles `.vue` and `.svelte` files, and Solid's `.tsx`, for tests, by the frameworks' own compilers. */
import { transformAsync } from '@babel/core'
import { transform } from 'esbuild'
import { compile } from 'svelte/compiler'
import type { Plugin } from 'vitest/config'
import { compileScript, parse } from 'vue/compiler-sfc'

export async function compileVue(source: string, id: string): Promise<string> {
  const templateParseOptions = { isCustomElement: (tag: string) => tag === 'oss-upload' }
  const { descriptor, errors } = parse(source, { filename: id, templateParseOptions })
  if (errors.length > 0) throw new AggregateError(errors, id)
  const { content } = compileScript(descriptor, { id, inlineTemplate: true })
  const { code } = await transform(content, { loader: 'ts' })
  return code
}

/** A warning is an error: readers copy the examples. */
export function compileSvelte(
  source: string,
  filename: string,
  generate: 'client' | 'server',
): string {
  const { js, warnings } = compile(source, { filename, generate, dev: true })
  if (warnings.length > 0) throw new Error(warnings.join('\n'))
  return js.code
}

const IS_SOLID = /\/solid\/[\w-]+\.tsx$/

async function compileSolid(source: string, generate: 'dom' | 'ssr'): Promise<string> {
  const { code } = await transform(source, { loader: 'tsx', jsx: 'preserve' })
  const presets: [string, object][] = [['babel-preset-solid', { generate }]]
  const compiled = await transformAsync(code, { presets, babelrc: false, configFile: false })
  return compiled?.code ?? ''
}

export function compileComponents(): Plugin {
  return {
    name: 'compile-components',
    enforce: 'pre',
    transform(source, id) {
      if (id.endsWith('.vue')) return compileVue(source, id)
      const { consumer } = this.environment.config
      if (IS_SOLID.test(id)) return compileSolid(source, consumer === 'client' ? 'dom' : 'ssr')
      if (!id.endsWith('.svelte')) return undefined
      return compileSvelte(source, id, consumer)
    },
  }
}
