/**
 * GetObject with `x-oss-process`: `image/resize` and `image/info`, by an image processor of the program. Without one, and for all
 * other processing, the local OSS has no such operation.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/img-implementation-modes
 */
import { toUtf8 } from '../../protocol/bytes.ts'
import { notImplemented, OssError } from '../http/errors.ts'
import type { EmulatorReply } from '../http/message.ts'
import type { StoredObject } from '../storage/model.ts'
import { readStoredBytes } from '../storage/stored-bytes.ts'
import type { EmulatorState, ImageFacts } from './context.ts'
import { planResize } from './plan-resize.ts'

/** Of the source: 20 MB, sides of 30 000 pixels, 250 million pixels in all. */
const MAX_SOURCE_BYTES = 20 * 1024 * 1024
const MAX_SOURCE_SIDE = 30_000
const MAX_SOURCE_PIXELS = 250_000_000

async function readAll(state: EmulatorState, object: StoredObject): Promise<Uint8Array> {
  const bytes = new Uint8Array(object.size)
  let at = 0
  for await (const chunk of readStoredBytes(state.storage, object.blobs, 0, object.size).chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function describe({ width, height, format }: ImageFacts, { size }: StoredObject): Uint8Array {
  const facts = { FileSize: size, Format: format, ImageHeight: height, ImageWidth: width }
  const entries = Object.entries(facts).map(([name, value]) => [name, { value: String(value) }])
  return toUtf8(JSON.stringify(Object.fromEntries(entries)))
}

/** @throws {OssError} `NotImplemented`, `InvalidArgument`, `ImageTooLarge` */
export async function processImage(
  state: EmulatorState,
  object: StoredObject,
  process: string,
): Promise<EmulatorReply> {
  const { imageProcessor } = state
  const [, action, text = ''] = /^image\/(resize|info)(?:,([^/]*))?$/.exec(process) ?? []
  if (!imageProcessor || !action) throw notImplemented(`x-oss-process=${process}`)
  if (object.size > MAX_SOURCE_BYTES) {
    throw new OssError('ImageTooLarge', 'The source image is larger than 20 MB.')
  }
  const source = await readAll(state, object)
  const unreadable = () => new OssError('InvalidArgument', 'This image format is not supported.')
  const facts = await imageProcessor.read(source).catch(() => {
    throw unreadable()
  })
  const { width, height } = facts
  if (Math.max(width, height) > MAX_SOURCE_SIDE || width * height > MAX_SOURCE_PIXELS) {
    throw new OssError('ImageTooLarge', 'The source image has too many pixels.')
  }
  const body =
    action === 'info'
      ? describe(facts, object)
      : await imageProcessor.resize(source, planResize(text, facts)).catch(() => {
          throw unreadable()
        })
  const type =
    action === 'info' ? 'application/json' : `image/${facts.format.replace('jpg', 'jpeg')}`
  const headers = {
    'content-type': type,
    'content-length': String(body.length),
    'last-modified': new Date(object.lastModified).toUTCString(),
  }
  return { status: 200, headers, body }
}
