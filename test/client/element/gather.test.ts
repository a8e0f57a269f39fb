import { expect, it } from 'vitest'
import { type DataEvent, findFileData, gatherFiles } from '../../../client/element/gather.ts'

const names = (files: File[]) => files.map(({ name }) => name)

it('takes files of a real DataTransfer', async () => {
  const data = new DataTransfer()
  data.items.add(new File(['a'], 'a.txt'))
  data.setData('text/plain', 'words')
  expect(names(await gatherFiles(data))).toEqual(['a.txt'])
})

it('is about events with files alone', () => {
  const data = new DataTransfer()
  const read = (type: string, init: object) =>
    findFileData(Object.assign(new Event(type), init) as DataEvent)
  data.setData('text/plain', 'words')
  expect(read('paste', { clipboardData: data })).toBeUndefined()
  data.items.add(new File(['a'], 'a.txt'))
  expect(read('paste', { clipboardData: data })).toBe(data)
  expect(read('drop', { dataTransfer: data })).toBe(data)
  expect(read('drop', { dataTransfer: null })).toBeUndefined()
})
