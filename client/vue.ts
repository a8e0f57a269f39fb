/**
 * oss-upcall/vue: `useUploads`, `useUpload` and `<UploadField>`. Safe to render on a server: an upload starts when it is asked
 * for, never while something is rendered.
 *
 * @see https://vuejs.org/guide/reusability/composables.html
 */
import {
  type ComputedRef,
  computed,
  type FunctionalComponent,
  getCurrentScope,
  h,
  type InputHTMLAttributes,
  type MaybeRefOrGetter,
  onScopeDispose,
  type ShallowRef,
  shallowRef,
  toValue,
} from 'vue'
import type { UploadError } from './http/errors.ts'
import type { Progress, UploadState } from './options.ts'
import type { ResultOf, ServiceType } from './upload/result-of.ts'
import { createUploadList, type UploadList, type UseUploadsOptions } from './upload-list.ts'
import type { UploadEntry } from './upload-store.ts'

export interface Uploads<Service extends ServiceType = ServiceType>
  extends Pick<UploadList<Service>, 'add' | 'remove' | 'abortAll'> {
  /** In the order in which they were added. */
  uploads: Readonly<ShallowRef<readonly UploadEntry<ResultOf<Service>>[]>>
}

/** Ends with the component, or with the effect scope; without one, with the page. */
function useList<Service extends ServiceType>(options: MaybeRefOrGetter<UseUploadsOptions>) {
  const list = createUploadList<Service>(() => toValue(options))
  const uploads = shallowRef(list.getSnapshot())
  const end = list.subscribe(() => {
    uploads.value = list.getSnapshot()
  })
  if (getCurrentScope()) {
    onScopeDispose(() => {
      end()
      list.unmount()
    })
  }
  return { list, uploads }
}

/**
 * Uploads many files; all of the page share one pool, so that few are sent at a time.
 *
 * @typeParam Service `typeof service`, for the type of `response`. @default any JSON value
 * @param options read for each file: give a ref or a getter when they change
 */
export function useUploads<Service extends ServiceType = ServiceType>(
  options: MaybeRefOrGetter<UseUploadsOptions>,
): Uploads<Service> {
  const { list, uploads } = useList<Service>(options)
  return { uploads, add: list.add, remove: list.remove, abortAll: list.abortAll }
}

export interface SingleUpload<Service extends ServiceType = ServiceType> {
  /** Starts; an earlier one of this composable is cancelled and forgotten. @throws UploadError */
  start: UploadList<Service>['replace']
  /** `idle` before the first file. */
  state: ComputedRef<UploadState>
  file: ComputedRef<Blob | undefined>
  progress: ComputedRef<Progress | undefined>
  result: ComputedRef<ResultOf<Service> | undefined>
  error: ComputedRef<UploadError | undefined>
  pause(): void
  resume(): void
  abort(): void
  /** Back to `idle`. */
  reset(): void
}

/**
 * Uploads one file at a time.
 *
 * @param options read for each file: give a ref or a getter when they change
 */
export function useUpload<Service extends ServiceType = ServiceType>(
  options: MaybeRefOrGetter<UseUploadsOptions>,
): SingleUpload<Service> {
  const { list, uploads } = useList<Service>(options)
  const entry = computed(() => uploads.value.at(-1))
  return {
    start: list.replace,
    state: computed(() => entry.value?.state ?? 'idle'),
    file: computed(() => entry.value?.file),
    progress: computed(() => entry.value?.progress),
    result: computed(() => entry.value?.result),
    error: computed(() => entry.value?.error),
    pause: () => entry.value?.pause(),
    resume: () => entry.value?.resume(),
    abort: () => entry.value?.abort(),
    reset: list.removeAll,
  }
}

export type UploadFieldProps = Omit<InputHTMLAttributes, 'type' | 'onChange' | 'value'>

/**
 * A file input that can be used for the same file twice. Label it as any input; a template ref is the input itself.
 *
 * @example <UploadField multiple accept="image/*" @files="add" />
 */
export const UploadField: FunctionalComponent<UploadFieldProps, { files(files: File[]): void }> = (
  props,
  { emit },
) =>
  h('input', {
    ...props,
    type: 'file',
    onChange({ currentTarget }: Event) {
      const input = currentTarget as HTMLInputElement
      const files = [...(input.files ?? [])]
      input.value = ''
      if (files.length > 0) emit('files', files)
    },
  })
UploadField.displayName = 'UploadField'
UploadField.emits = ['files']
// All attributes are props already.
UploadField.inheritAttrs = false

export type { OssUploadComponent } from './element/vue.ts'
export type { ServiceType, UploadEntry, UseUploadsOptions }
