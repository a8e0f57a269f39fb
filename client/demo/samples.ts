/** Files for people who have none at hand. The same every time, so that a sample can be continued after a reload. */

export const SAMPLE_NAMES = ['note', 'photo', 'big'] as const
export type SampleName = (typeof SAMPLE_NAMES)[number]

const MIB = 1024 * 1024
const BIG_BYTES = 48_000_000
/** ms since 1970, 2026-01-01. */
const MADE_AT = 1_767_225_600_000

/** Also the profile under which the sample is sent. */
export const SAMPLE_PROFILES: Readonly<Record<SampleName, string>> = {
  note: 'note',
  photo: 'photo',
  big: 'anything',
}

const SAMPLE_FILES: Readonly<Record<SampleName, string>> = {
  note: 'hello-你好.txt',
  photo: 'sunrise.png',
  big: 'sample-48-mb.bin',
}

export function findSample(name: string): SampleName | undefined {
  return SAMPLE_NAMES.find((sample) => SAMPLE_FILES[sample] === name)
}

/** Not the same in each piece, so that a part in the wrong place would be noticed. */
function makeBig(): Blob[] {
  const pieces: Blob[] = []
  for (let at = 0; at < BIG_BYTES; at += MIB) {
    const bytes = new Uint8Array(Math.min(MIB, BIG_BYTES - at)).fill(pieces.length + 1)
    pieces.push(new Blob([bytes]))
  }
  return pieces
}

async function drawPhoto(): Promise<Blob> {
  const [width, height] = [960, 640]
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser cannot draw.')
  const sky = context.createLinearGradient(0, 0, 0, height)
  for (const [at, colour] of [
    [0, '#16324f'],
    [0.45, '#c9627a'],
    [0.68, '#ffb26b'],
    [1, '#ffe3b0'],
  ] as const) {
    sky.addColorStop(at, colour)
  }
  context.fillStyle = sky
  context.fillRect(0, 0, width, height)
  context.fillStyle = '#fff4d6'
  context.beginPath()
  context.arc(width * 0.62, height * 0.62, 74, 0, 2 * Math.PI)
  context.fill()
  for (const [base, swing, colour] of [
    [470, 46, '#5b4a6f'],
    [530, 34, '#3a3557'],
    [585, 22, '#1f2340'],
  ] as const) {
    context.fillStyle = colour
    context.beginPath()
    context.moveTo(0, height)
    for (let x = 0; x <= width; x += 8) {
      context.lineTo(x, base + swing * Math.sin(x / (base / 4.2)) + (swing / 3) * Math.sin(x / 31))
    }
    context.lineTo(width, height)
    context.fill()
  }
  return canvas.convertToBlob({ type: 'image/png' })
}

export async function makeSample(name: SampleName): Promise<File> {
  const options = { lastModified: MADE_AT }
  const fileName = SAMPLE_FILES[name]
  if (name === 'big') return new File(makeBig(), fileName, options)
  if (name === 'photo')
    return new File([await drawPhoto()], fileName, { ...options, type: 'image/png' })
  const text = 'Hello OSS!\n你好，OSS！\n'
  return new File([text], fileName, { ...options, type: 'text/plain' })
}
