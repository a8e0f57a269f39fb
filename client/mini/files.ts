/**
 * What a ticket needs to know of a file: name, media type and size. Pickers say only some of it.
 */
import { UploadError } from '../http/errors.ts'
import { findByExtension } from '../upload/media-type.ts'
import { toFaultError } from './faults.ts'
import type { MiniApi, PickedFile } from './model.ts'
import type { KnownFile } from './upload.ts'

/** The last part of a path or URI, e.g. `tmp_1.jpg` of `wxfile://tmp_1.jpg?x=1`; `file` where there is none. */
export function readFileName(path: string): string {
  const [plain = ''] = path.split(/[?#]/)
  const name = plain.split(/[/\\]/).pop() || 'file'
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** @param type as the picker says it, e.g. `image/jpeg`, or only `image` */
export function chooseType(type: string | null | undefined, ...names: string[]): string {
  if (type?.includes('/')) return type
  return names.map(findByExtension).find((found) => found !== undefined) ?? ''
}

function readSize(api: MiniApi, filePath: string): Promise<number> {
  const files = api.getFileSystemManager?.()
  const source = files?.getFileInfo ? files : api
  return new Promise((resolve, reject) => {
    if (!source.getFileInfo) throw new TypeError('This platform does not tell sizes: give `size`.')
    source.getFileInfo({
      filePath,
      success: ({ size }) => resolve(size),
      fail: (fault) => {
        const { code } = toFaultError(fault, 'sign', '')
        // What cannot be looked at cannot be sent: no network is needed for it.
        const facts = { cause: fault, retryable: false }
        reject(new UploadError(code === 'NETWORK' ? 'FILE_UNREADABLE' : code, 'sign', facts))
      },
    })
  })
}

/** Alipay's paths end with `.image`. @returns '' for what is no image that the platform knows */
function readImageType(api: MiniApi, src: string): Promise<string> {
  return new Promise((resolve) => {
    if (!api.getImageInfo) return resolve('')
    api.getImageInfo({
      src,
      success({ type }) {
        const isFormat = typeof type === 'string' && /^[a-z]+$/.test(type) && type !== 'unknown'
        resolve(isFormat ? `image/${type}` : '')
      },
      fail: () => resolve(''),
    })
  })
}

/** @throws UploadError FILE_UNREADABLE, or TypeError for what is not a file of a picker */
export async function describeFile(api: MiniApi, file: PickedFile): Promise<KnownFile> {
  const path = file.path ?? file.tempFilePath
  if (!path) throw new TypeError('A file needs `path` or `tempFilePath`.')
  const name = file.name || readFileName(path)
  const type = chooseType(file.type, name, path) || (await readImageType(api, path))
  return { path, name, type, size: file.size ?? (await readSize(api, path)) }
}
