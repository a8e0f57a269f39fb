import { describe, expect, it } from 'vitest'
import { createFormReader, readBoundary } from '../../../src/emulator/http/multipart-form.ts'
import { bytesOf, catchOss, catchOssLater } from '../emulator-with-client.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(text: string, pieceSize = text.length) {
  const form = createFormReader(inPieces(text, pieceSize), 'B')
  const parts: {
    name: string
    filename: string | undefined
    type: string | undefined
    text: string
  }[] = []
  for (;;) {
    const part = await form.nextPart()
    if (!part) return parts
    parts.push({
      name: part.name,
      filename: part.filename,
      type: part.contentType,
      text: await part.text(),
    })
  }
}

const field = (name: string, value: string) =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file = (value: string) =>
  `--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${value}\r\n`

describe('a form in pieces', () => {
  const text = `${field('key', 'ü\r\n--C\r\n-\r')}${field('empty', '')}${file('\r\n--\r\n-B-\r\r\n')}--B--\r\n`

  it.each([1, 2, 3, 5, 7, 16, 1000])('%i bytes at a time gives the same parts', async (size) => {
    expect(await readAll(text, size)).toEqual([
      { name: 'key', filename: undefined, type: undefined, text: 'ü\r\n--C\r\n-\r' },
      { name: 'empty', filename: undefined, type: undefined, text: '' },
      { name: 'file', filename: 'a.txt', type: 'text/plain', text: '\r\n--\r\n-B-\r\r\n' },
    ])
  })

  it('reads names with quotes, backslashes and semicolons', async () => {
    const head =
      '--B\r\ncontent-disposition: form-data; name="file"; filename="C:\\a\\"b;c.txt"\r\n\r\n'
    const [part] = await readAll(`${head}x\r\n--B--`)
    expect(part?.filename).toBe('C:\\a"b;c.txt')
  })
})

describe('what is not a form', () => {
  it.each([
    ['nothing', ''],
    ['another boundary', '--C\r\n\r\n'],
    ['text before the first boundary', `x${field('a', 'b')}--B--`],
    ['no closing boundary', field('a', 'b')],
    ['cut in a value', field('a', 'b').slice(0, -4)],
    ['cut in a header', '--B\r\nContent-Disposition: form'],
    [
      'a part without a name',
      '--B\r\nContent-Disposition: form-data; filename="x"\r\n\r\nx\r\n--B--',
    ],
    ['a part without a disposition', '--B\r\nContent-Type: a/b\r\n\r\nx\r\n--B--'],
    ['a boundary with something behind', `${field('a', 'b')}--Bx`],
  ])('%s', async (_, text) => {
    expect(await catchOssLater(readAll(text))).toMatchObject({ code: 'MalformedPOSTRequest' })
  })

  it('a value that is not UTF-8', async () => {
    async function* body() {
      yield bytesOf('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n')
      yield Uint8Array.of(0xff, 0xfe)
      yield bytesOf('\r\n--B--')
    }
    const part = await createFormReader(body(), 'B').nextPart()
    expect(await catchOssLater(part?.text() ?? Promise.resolve())).toMatchObject({
      code: 'MalformedPOSTRequest',
    })
  })

  it('refuses part headers beside disposition and type', async () => {
    const head = '--B\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: a/b\r\n'
    for (const more of ['Content-Length: 1', 'Content-Transfer-Encoding: binary']) {
      const error = await catchOssLater(readAll(`${head}${more}\r\n\r\nx\r\n--B--`))
      expect(error.message).toBe('The bucket POST contains unrecognized field name.')
    }
  })

  it('limits names, values, all fields together, and the number of parts', async () => {
    const codeOf = async (text: string) => (await catchOssLater(readAll(text))).code
    const mebibyte = 'x'.repeat(1024 * 1024)
    expect(await codeOf(`${field('n'.repeat(8193), '')}--B--`)).toBe('FieldItemTooLong')
    expect(await codeOf(`${field('a', `${mebibyte}${mebibyte}x`)}--B--`)).toBe('FieldItemTooLong')
    const many = [1, 2, 3, 4, 5].map((n) => field(`a${n}`, mebibyte)).join('')
    expect(await codeOf(`${many}--B--`)).toBe('MaxPOSTPreDataLengthExceededError')
    expect(await codeOf(`${field('a', '').repeat(1001)}--B--`)).toBe('MalformedPOSTRequest')
  })
})

describe('the Content-Type of a form', () => {
  it('gives its boundary, quoted or not', () => {
    expect(readBoundary('multipart/form-data; boundary=abc')).toBe('abc')
    expect(readBoundary('Multipart/Form-Data; charset=x; Boundary="a b"')).toBe('a b')
  })

  it('is required, with a boundary of 1 to 70 characters', () => {
    expect(catchOss(() => readBoundary(undefined)).code).toBe('RequestIsNotMultiPartContent')
    expect(catchOss(() => readBoundary('text/plain')).code).toBe('RequestIsNotMultiPartContent')
    for (const rest of ['', '; boundary=', `; boundary=${'b'.repeat(71)}`]) {
      const run = () => readBoundary(`multipart/form-data${rest}`)
      expect(catchOss(run).code).toBe('MalformedPOSTRequest')
    }
  })
})
