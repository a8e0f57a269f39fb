/** The types, checked by the compiler; and Svelte itself writes the element. */
import { flushSync, mount, unmount } from 'svelte'
import type { SvelteHTMLElements } from 'svelte/elements'
import { expectTypeOf, it } from 'vitest'
import type { OssUploadProps } from '../../../client/svelte.ts'
import Element from '../../support/components/element.svelte'
import { checkElement } from '../../support/element-in-framework.ts'

type Props = SvelteHTMLElements['oss-upload']

it('Svelte’s templates know the element, its attributes and its events', () => {
  expectTypeOf<Props>().toEqualTypeOf<OssUploadProps>()
  expectTypeOf<{ profile: 'photos'; 'max-size': 5; multiple: true; class: 'a' }>().toExtend<Props>()
  expectTypeOf<{ 'max-size': 5 }>().not.toExtend<Props>()
  // Svelte would write the text "false", which counts as present.
  expectTypeOf<{ profile: 'photos'; multiple: false }>().not.toExtend<Props>()
  expectTypeOf<NonNullable<Props['onupload-done']>>()
    .parameter(0)
    .toExtend<CustomEvent<{ file: File }>>()
  expectTypeOf<Props['onupload-done']>().toEqualTypeOf<Props['on:upload-done']>()
})

it('Svelte writes attributes, properties and listeners as the types say', async () => {
  await checkElement(async (target, props) => {
    const mounted = mount(Element, { target, props: { ...props } })
    flushSync()
    return () => unmount(mounted)
  })
})
