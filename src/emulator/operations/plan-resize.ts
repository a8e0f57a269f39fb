/**
 * `image/resize` of `x-oss-process`: `m`, `w`, `h`, `l`, `s`, `p`, `limit` and `color`, as numbers.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/resize-images-4
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/0040-00000311 a wrong `m`
 */
import { notImplemented, OssError } from '../http/errors.ts'
import type { ImageFacts, ImageResize } from './context.ts'

const MODES = ['lfit', 'mfit', 'fill', 'pad', 'fixed'] as const
type Mode = (typeof MODES)[number]
type Parameters = ReadonlyMap<string, string>

/** Of the result: pixels of a side, and in all. */
const MAX_SIDE = 16_384
const MAX_PIXELS = 16_777_216
/** The manual does not say whether more needs `limit_0`. */
const MAX_PERCENT = 100
const WHITE = 'FFFFFF'

function refuse(name: string, value: string): never {
  throw new OssError('InvalidArgument', `The value: ${value} of parameter: ${name} is invalid.`)
}

/** @throws {OssError} `NotImplemented` for others */
function readParameters(text: string): Parameters {
  const parameters = new Map<string, string>()
  for (const part of text.split(',').filter(Boolean)) {
    const [, name = '', value = ''] = /^([a-z]+)_(\w+)$/.exec(part) ?? []
    if (!/^(m|w|h|l|s|p|limit|color)$/.test(name)) {
      throw notImplemented(`The parameter ${part} of image/resize`)
    }
    parameters.set(name, value)
  }
  return parameters
}

function readNumber(parameters: Parameters, name: string, max: number): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0
  return value >= 1 && value <= max ? value : refuse(name, text)
}

const readSide = (parameters: Parameters, name: 'w' | 'h' | 'l' | 's') =>
  readNumber(parameters, name, MAX_SIDE)

function readMode(parameters: Parameters): Mode {
  const text = parameters.get('m') ?? 'lfit'
  return MODES.find((mode) => mode === text) ?? refuse('m', text)
}

/** A side that is not given may be as long as it comes out. */
interface Rectangle {
  w?: number | undefined
  h?: number | undefined
}
type Size = Pick<ImageResize, 'width' | 'height'>

/** In proportion. @param choose `Math.min`: as large as fits in, `Math.max`: as small as covers it */
function scale({ width, height }: Size, { w, h }: Rectangle, choose: typeof Math.min): Size {
  const ratios = [w && w / width, h && h / height].filter((ratio) => ratio !== undefined)
  const ratio = choose(...ratios)
  return {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
  }
}

function findSize(parameters: Parameters, mode: Mode, source: Size): Size {
  const [w, h] = [readSide(parameters, 'w'), readSide(parameters, 'h')]
  const [long, short] = [readSide(parameters, 'l'), readSide(parameters, 's')]
  const percent = readNumber(parameters, 'p', 1000)
  // With w or h, the others have no effect.
  if (w !== undefined || h !== undefined) {
    if (mode === 'lfit') return scale(source, { w, h }, Math.min)
    if (mode === 'mfit') return scale(source, { w, h }, Math.max)
    // Of a fixed size; with one side alone the other is as long.
    return { width: w ?? h ?? 1, height: h ?? w ?? 1 }
  }
  if (long !== undefined || short !== undefined) {
    if (parameters.has('m') || (long !== undefined && short !== undefined)) {
      throw notImplemented('image/resize with l and s, or one of them and m')
    }
    if (long !== undefined) return scale(source, { w: long, h: long }, Math.min)
    return scale(source, { w: short, h: short }, Math.max)
  }
  if (percent === undefined) throw notImplemented('image/resize without a size')
  if (percent > MAX_PERCENT) throw notImplemented(`image/resize with p over ${MAX_PERCENT}`)
  return scale(source, { w: (source.width * percent) / 100 }, Math.min)
}

const FITS: Readonly<Record<Mode, ImageResize['fit']>> = {
  lfit: 'stretch',
  mfit: 'stretch',
  fill: 'cover',
  pad: 'contain',
  fixed: 'stretch',
}

/** @throws {OssError} `InvalidArgument`, `NotImplemented` */
export function planResize(text: string, facts: ImageFacts): ImageResize {
  const parameters = readParameters(text)
  const mode = readMode(parameters)
  const limit = parameters.get('limit') ?? '1'
  if (!/^[01]$/.test(limit)) refuse('limit', limit)
  const colour = parameters.get('color') ?? WHITE
  if (!/^[\da-f]{6}$/i.test(colour)) refuse('color', colour)
  const wanted = findSize(parameters, mode, facts)
  const { width, height } = facts
  const isLarger = wanted.width > width || wanted.height > height
  const resize = { ...wanted, fit: FITS[mode], background: `#${colour}` }
  // By default nothing is made larger; a GIF never.
  const isKept = isLarger && (limit === '1' || facts.format === 'gif')
  if (isKept) return { ...resize, width, height, fit: 'stretch' }
  if (
    Math.max(wanted.width, wanted.height) > MAX_SIDE ||
    wanted.width * wanted.height > MAX_PIXELS
  ) {
    throw new OssError('InvalidArgument', 'The result would have too many pixels.')
  }
  return resize
}
