import { describe, expect, it } from 'vitest'
import { chooseType, describeFile, readFileName } from '../../../client/mini/files.ts'
import type { MiniApi } from '../../../client/mini/model.ts'

/** `http://tmp/…` is how WeChat names a temporary file; nothing is asked of the network. */
const api: MiniApi = { request() {}, uploadFile() {} }

describe('readFileName', () => {
  it.each([
    ['wxfile://tmp_3f0a.jpg', 'tmp_3f0a.jpg'],
    ['http://tmp/a%20b.png?x=1#y', 'a b.png'],
    ['https://resource/6841%E5%81%87%E6%97%A5.image', '6841假日.image'],
    ['content://media/external/images/1000%3A7', '1000:7'],
    ['C:\\photos\\50%.jpg', '50%.jpg'],
    ['', 'file'],
    ['content://media/', 'file'],
  ])('of %s is %s', (path, name) => {
    expect(readFileName(path)).toBe(name)
  })
})

describe('chooseType', () => {
  it('takes a media type, and ignores what is only a kind', () => {
    expect(chooseType('image/heic', 'a.jpg')).toBe('image/heic')
    expect(chooseType('image', 'a.JPG')).toBe('image/jpeg')
    expect(chooseType('file', 'report', 'http://tmp/1.pdf')).toBe('application/pdf')
    expect(chooseType(undefined, 'a.unknown', 'b')).toBe('')
  })
})

describe('describeFile', () => {
  it('takes what the pickers return', async () => {
    const media = { tempFilePath: 'wxfile://1.mp4', size: 5, fileType: 'video' }
    expect(await describeFile(api, media)).toEqual({
      path: 'wxfile://1.mp4',
      name: '1.mp4',
      type: 'video/mp4',
      size: 5,
    })
    const message = { path: 'http://tmp/x', size: 5, name: '报告.docx', type: 'file' }
    const { name, type } = await describeFile(api, message)
    expect(name).toBe('报告.docx')
    expect(type).toMatch(/wordprocessingml/)
  })

  it('keeps a size of 0, and asks the platform only for one that is missing', async () => {
    const asked: string[] = []
    const getFileInfo = ({
      filePath,
      success,
    }: {
      filePath: string
      success(i: { size: number }): void
    }) => {
      asked.push(filePath)
      success({ size: 7 })
    }
    const files = { ...api, getFileInfo }
    expect((await describeFile(files, { path: 'a', size: 0 })).size).toBe(0)
    expect((await describeFile(files, { path: 'b' })).size).toBe(7)
    const manager = { ...api, getFileSystemManager: () => ({ getFileInfo }) }
    expect((await describeFile(manager, { path: 'c' })).size).toBe(7)
    expect(asked).toEqual(['b', 'c'])
  })

  it('asks the platform for the type of an image whose name does not tell', async () => {
    const withType = (type: string | number): MiniApi => ({
      ...api,
      getImageInfo: ({ success, fail }) =>
        type ? success({ type }) : fail({ errMsg: 'no image' }),
    })
    const file = { path: 'https://resource/1.image', size: 1 }
    expect((await describeFile(withType('png'), file)).type).toBe('image/png')
    for (const type of ['unknown', '', 'svg+xml; x', 3]) {
      expect((await describeFile(withType(type), file)).type).toBe('')
    }
  })

  it('says what is missing', async () => {
    await expect(describeFile(api, {})).rejects.toThrow('`path` or `tempFilePath`')
    await expect(describeFile(api, { path: 'a' })).rejects.toThrow('give `size`')
    const gone = {
      ...api,
      getFileInfo: ({ fail }: { fail(fault: { errMsg: string }): void }) => fail({ errMsg: 'no' }),
    }
    await expect(describeFile(gone, { path: 'a' })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      retryable: false,
    })
  })
})
