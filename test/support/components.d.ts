/** Files that test/support/compile-components.ts compiles, and files read as text. */
declare module '*.vue' {
  const component: import('vue').Component
  export default component
}
declare module '*.svelte' {
  const component: import('svelte').Component<Record<string, unknown>>
  export default component
}
declare module '*?raw' {
  const text: string
  export default text
}
/** It has no types of its own. */
declare module '@babel/core' {
  export function transformAsync(
    code: string,
    options: { presets: [string, object][]; babelrc: false; configFile: false },
  ): Promise<{ code: string } | null>
}
