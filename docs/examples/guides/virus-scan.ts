/** virus-scan.ts: a file can be read when it has been scanned, and not before. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'
import type { OssClient } from 'oss-upcall/node'

export interface ScannedFile {
  id: string
  owner: string
  key: string
  name: string
  status: 'waiting' | 'clean' | 'infected'
}

export interface ScannedFiles {
  /** Adds the file, unless its id is there: an event may come twice. */
  add(file: ScannedFile): Promise<void>
  find(id: string): Promise<ScannedFile | undefined>
  listWaiting(): Promise<ScannedFile[]>
  setStatus(id: string, status: 'clean' | 'infected'): Promise<void>
}

/** Names what it finds. What throws is asked again later. */
export type Scan = (bytes: AsyncIterable<Uint8Array>) => Promise<string | undefined>

export function createScannedUploads(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt'>,
  files: ScannedFiles,
  oss: OssClient,
  scan: Scan,
): {
  uploads: Service
  scanWaiting(): Promise<void>
  read(id: string, userId: string): Promise<string | undefined>
} {
  const uploads = createService({
    ...settings,
    profiles: {
      document: { key: 'documents/{sub}/{id}', types: ['*'], maxSize: 100_000_000 },
    },
    // Respond first: OSS waits five seconds, a scan may take longer.
    async onReceipt({ id, subject, key, name }) {
      await files.add({ id, owner: subject, key, name, status: 'waiting' })
      return { id, status: 'waiting' }
    },
  })

  return {
    uploads,
    /** Call it every few seconds, or after each receipt, from one process. */
    async scanWaiting() {
      for (const { id, key } of await files.listWaiting()) {
        try {
          const response = await fetch(await oss.signedUrl(key, { expiresIn: 600 }))
          if (!response.ok || !response.body) throw new Error(`OSS responded ${response.status}.`)
          const found = await scan(response.body)
          await files.setStatus(id, found === undefined ? 'clean' : 'infected')
          if (found !== undefined) await oss.deleteObject(key)
        } catch (error) {
          console.error(`${id} was not scanned`, error)
        }
      }
    },
    async read(id, userId) {
      const file = await files.find(id)
      if (file?.owner !== userId || file.status !== 'clean') return undefined
      return oss.signedUrl(file.key, { expiresIn: 60, download: file.name })
    },
  }
}
