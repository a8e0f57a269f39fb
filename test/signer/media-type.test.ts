import { describe, expect, it } from 'vitest'
import { chooseExtension, isReadableImage, parseMediaType } from '../../src/signer/media-type.ts'
import { codeOf } from '../support/samples.ts'

describe('media types', () => {
  it.each([
    ['image/png', 'image/png'],
    ['IMAGE/PNG', 'image/png'],
    ['', 'application/octet-stream'],
    ['text/plain; charset=UTF-8', 'text/plain;charset=utf-8'],
    ['text/plain;format=flowed;charset="gbk"', 'text/plain;charset=gbk'],
    ['video/webm;codecs=vp8,opus', 'video/webm'],
    // Names for "not known", for which browsers guess from the bytes, HTML included.
    ['unknown/unknown', 'application/octet-stream'],
    ['Application/Unknown; charset=utf-8', 'application/octet-stream'],
    ['*/*', 'application/octet-stream'],
    [' \t*/* ;q=1', 'application/octet-stream'],
    ['\r\n TEXT/JavaScript1.5 ;x', 'text/javascript1.5'],
    ['image/svg+xml; charset=utf-8', 'image/svg+xml;charset=utf-8'],
    // A browser reads two types in this header and uses the second.
    ['image/png;x=,text/html', 'image/png'],
    ['image/png;charset=,text/html', 'image/png'],
  ])('stores %j as %j', (given, stored) => {
    expect(parseMediaType(given).text).toBe(stored)
  })

  it.each([
    'image',
    'image/',
    '/png',
    'image/png,text/html',
    'image/pn g',
    'text/html\n',
    'a/b/c',
    '*/x',
    'image/*',
    'unknown',
    'text/html/x',
    'text /html',
    'text/html\0',
    'text/plain\r\nx-oss-meta-a: b',
    '图/片',
  ])('refuses %j', (given) => {
    // White space at the ends is trimmed as browsers do it, also a line feed.
    const code = codeOf(() => parseMediaType(given))
    expect(given === 'text/html\n' ? code === undefined : code === 'TYPE_REFUSED').toBe(true)
  })

  it('asks OSS for image facts only of types that OSS can read', () => {
    expect(['image/jpeg', 'image/heic', 'image/webp'].every(isReadableImage)).toBe(true)
    expect(['image/svg+xml', 'image/avif', 'text/plain'].some(isReadableImage)).toBe(false)
  })

  it.each([
    ['image/jpeg', 'photo.JPEG', 'jpg'],
    ['application/octet-stream', 'archive.tar.GZ', 'gz'],
    ['application/octet-stream', 'no-extension', ''],
    ['application/octet-stream', '.bashrc', ''],
    ['application/octet-stream', 'a.verylongextension', ''],
    ['application/octet-stream', 'a.ex/../e', ''],
    ['application/octet-stream', 'page.html', ''],
    ['application/octet-stream', 'page.SVG', ''],
    ['constructor', 'x.dat', 'dat'],
    ['text/html', 'page.png', 'html'],
  ])('gives a %s named %j the extension %j', (type, name, extension) => {
    expect(chooseExtension(type, name)).toBe(extension)
  })
})
