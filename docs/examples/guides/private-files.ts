/** private-files.ts: files that only their owner can read, by URLs that end after a minute. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'
import type { OssClient } from 'oss-upcall/node'

export interface StoredFile {
  id: string
  owner: string
  key: string
  name: string
}

export interface Files {
  /** Adds the file, unless its id is there: an event may come twice. */
  add(file: StoredFile): Promise<void>
  find(id: string): Promise<StoredFile | undefined>
}

export function createPrivateFiles(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt'>,
  files: Files,
  oss: OssClient,
): { uploads: Service; read(id: string, userId: string): Promise<Response> } {
  const uploads = createService({
    ...settings,
    profiles: {
      file: { key: 'files/{sub}/{id}', types: ['*'], maxSize: 100_000_000 },
    },
    async onReceipt({ id, subject, key, name }) {
      await files.add({ id, owner: subject, key, name })
      return { url: `/files/${id}` }
    },
  })

  return {
    uploads,
    /** Of `GET /files/:id`. Somebody else's file is as if it were not there. */
    async read(id, userId) {
      const file = await files.find(id)
      if (file?.owner !== userId) return new Response('Not found', { status: 404 })
      const location = await oss.signedUrl(file.key, { expiresIn: 60, download: file.name })
      return new Response(null, {
        status: 302,
        headers: { location, 'cache-control': 'no-store' },
      })
    },
  }
}
