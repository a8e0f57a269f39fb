import { describe, expect, it } from 'vitest'
import { findMediaType } from '../../../client/upload/media-type.ts'

const NOTHING = new Blob(['nothing that is known'])

describe('by the extension', () => {
  it.each([
    ['IMG_1.HEIC', 'image/heic'],
    ['图片.JPG', 'image/jpeg'],
    ['a.b.tar.gz', 'application/gzip'],
    ['film.mov', 'video/quicktime'],
    ['table.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['page.html', ''],
    ['drawing.svg', ''],
    ['script.js', ''],
    ['noextension', ''],
    ['heic', ''],
    ['.heic.', ''],
    ['', ''],
    ['a.image/png', ''],
  ])('%s is %j', async (name, type) => {
    expect(await findMediaType(NOTHING, name)).toBe(type)
  })
})

describe('by the first bytes, for a name that tells nothing', () => {
  const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
  it.each([
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png'],
    ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'audio/wav'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1', 'image/heic'],
    ['\0\0\0\x1cftypmif1\0\0\0\0', 'image/heif'],
    ['\0\0\0\x1cftypavif\0\0\0\0', 'image/avif'],
    ['\0\0\0\x14ftypqt  \0\0\0\0', 'video/quicktime'],
    ['\0\0\0\x20ftypisom\0\0\x02\0', 'video/mp4'],
    ['%PDF-1.7', 'application/pdf'],
    ['PK\x03\x04', 'application/zip'],
    ['', ''],
    ['GIF', ''],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', ''],
    ['<!doctype html>', ''],
  ])('%j is %j', async (head, type) => {
    expect(await findMediaType(new Blob([latin1(head)]), 'wx_camera_1')).toBe(type)
  })
})

it('prefers the name: a .docx is a zip archive by its bytes', async () => {
  expect(await findMediaType(new Blob(['PK\x03\x04']), 'letter.docx')).toContain('wordprocessingml')
})

it('fails for a file that cannot be read', async () => {
  const gone = new File(['x'], 'gone')
  const arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotReadableError'))
  gone.slice = () => Object.assign(new Blob(), { arrayBuffer })
  await expect(findMediaType(gone, 'gone')).rejects.toMatchObject({ name: 'NotReadableError' })
})
