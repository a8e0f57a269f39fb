import { expect, it } from 'vitest'
import { gatherFiles } from '../../../client/element/gather.ts'
import { MAX_FILES } from '../../../client/element/rules.ts'
import { walk } from '../../../client/element/walk.ts'

/** Entries as a drop has them; a page cannot make real ones. */
function fileEntry(name: string, isBroken = false): FileSystemEntry {
  const file = (resolve: (file: File) => void, reject: () => void) =>
    isBroken ? reject() : resolve(new File([name], name))
  return { isFile: true, isDirectory: false, name, file } as unknown as FileSystemEntry
}

function folderEntry(name: string, children: (() => FileSystemEntry)[]): FileSystemEntry {
  const createReader = () => {
    let at = 0
    return {
      readEntries(resolve: (entries: FileSystemEntry[]) => void) {
        resolve(children.slice(at, at + 100).map((child) => child()))
        at += 100
      },
    }
  }
  return { isFile: false, isDirectory: true, name, createReader } as unknown as FileSystemEntry
}

function drop(...entries: (FileSystemEntry | File)[]): Promise<File[]> {
  const items = entries.map((entry) => ({
    webkitGetAsEntry: () => (entry instanceof File ? null : entry),
    getAsFile: () => {
      if (entry instanceof File) return entry
      return entry.isFile ? new File([entry.name], entry.name) : null
    },
  }))
  return gatherFiles({ items } as unknown as DataTransfer)
}

const names = (files: File[]) => files.map(({ name }) => name)

it('finds files in folders in folders, in batches of a hundred', async () => {
  const many = Array.from({ length: 250 }, (_, at) => () => fileEntry(`${at}.txt`))
  const inner = folderEntry('inner', many)
  const found = await drop(
    fileEntry('a.txt'),
    folderEntry('outer', [() => inner]),
    new File([], 'b'),
  )
  expect(found.length).toBe(252)
  expect(names([...found.slice(0, 2), ...found.slice(-2)])).toEqual([
    'a.txt',
    '0.txt',
    '249.txt',
    'b',
  ])
})

it('leaves out what cannot be read, and what systems leave behind', async () => {
  const folder = folderEntry('folder', [
    () => fileEntry('.DS_Store'),
    () => fileEntry('gone.txt', true),
    () => fileEntry('.gitignore'),
  ])
  expect(names(await drop(folder))).toEqual(['.gitignore'])
})

it('ends in a folder that contains itself, and in one without end', async () => {
  const loop: FileSystemEntry = folderEntry('loop', [() => loop, () => fileEntry('a.txt')])
  expect((await drop(loop)).length).toBeLessThanOrEqual(65)
  const endless = Array.from({ length: MAX_FILES + 500 }, () => () => fileEntry('x'))
  expect((await drop(folderEntry('endless', endless))).length).toBe(MAX_FILES)
})

it('adds a single file to those that were found before', async () => {
  const found = [new File([], 'first')]
  await walk(fileEntry('second'), found)
  expect(names(found)).toEqual(['first', 'second'])
})
