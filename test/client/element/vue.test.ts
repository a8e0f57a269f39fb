/** The types, checked by the compiler; and Vue itself writes the element. */
import { expectTypeOf, it } from 'vitest'
import { createApp, type GlobalComponents, nextTick } from 'vue'
import type { OssUploadEvents } from '../../../client/element.ts'
import type { OssUploadComponent } from '../../../client/vue.ts'
import Element from '../../support/components/element.vue'
import { checkElement } from '../../support/element-in-framework.ts'

type Instance = InstanceType<GlobalComponents['oss-upload']>
type Props = Instance['$props']

it('Vue’s templates know the element, its attributes and its events', () => {
  expectTypeOf<GlobalComponents['oss-upload']>().toEqualTypeOf<OssUploadComponent>()
  expectTypeOf<{ profile: 'photos'; 'max-size': 5; multiple: true; class: 'a' }>().toExtend<Props>()
  expectTypeOf<{ profile: 'photos'; headers: { a: 'b' } }>().toExtend<Props>()
  expectTypeOf<{ 'max-size': 5 }>().not.toExtend<Props>()
  // Vue would write the text "false", which counts as present.
  expectTypeOf<{ profile: 'photos'; multiple: false }>().not.toExtend<Props>()
  type Emit<Name, Detail> = (name: Name, event: Detail) => void
  expectTypeOf<Instance['$emit']>().toExtend<Emit<'upload-done', OssUploadEvents['upload-done']>>()
  expectTypeOf<Instance['$emit']>().not.toExtend<Emit<'upload-finished', Event>>()
})

it('Vue writes attributes, properties and listeners as the types say', async () => {
  await checkElement(async (target, props) => {
    const app = createApp(Element, { ...props })
    app.mount(target)
    await nextTick()
    return () => app.unmount()
  })
})
