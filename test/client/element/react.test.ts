/** The types are checked by the compiler in test/support/components/element.tsx; here React itself writes the element. */
import { act, createElement, type JSX } from 'react'
import { createRoot } from 'react-dom/client'
import { expectTypeOf, it } from 'vitest'
import type { OssUploadProps } from '../../../client/react.ts'
import { Element } from '../../support/components/element.tsx'
import { checkElement } from '../../support/element-in-framework.ts'

it('JSX knows the element by an import of types', () => {
  expectTypeOf<JSX.IntrinsicElements['oss-upload']>().toEqualTypeOf<OssUploadProps>()
})

it('React writes attributes, properties and listeners as the types say', async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  await checkElement(async (target, props) => {
    const root = createRoot(target)
    await act(async () => root.render(createElement(Element, props)))
    return () => act(async () => root.unmount())
  })
})
