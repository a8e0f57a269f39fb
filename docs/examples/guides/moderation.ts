/** moderation.ts: nobody sees a picture before somebody has said yes. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'
import type { OssClient } from 'oss-upcall/node'

export interface Picture {
  id: string
  key: string
  status: 'waiting' | 'published' | 'refused'
}

export interface Pictures {
  /** Adds the picture, unless its id is there: an event may come twice. */
  add(picture: Picture): Promise<void>
  find(id: string): Promise<Picture | undefined>
  /** Changes a picture that waits; false when it does not wait any more. */
  decide(id: string, status: 'published' | 'refused'): Promise<boolean>
}

export interface ModeratedPictures {
  uploads: Service
  /** For the people, or the program, that look at what waits: a URL for a few minutes. */
  preview(id: string): Promise<string | undefined>
  decide(id: string, isAllowed: boolean): Promise<void>
  /** For everybody else. */
  show(id: string): Promise<string | undefined>
}

export function createModeratedPictures(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt'>,
  pictures: Pictures,
  oss: OssClient,
): ModeratedPictures {
  const uploads = createService({
    ...settings,
    profiles: {
      picture: { key: 'pictures/{id}.{ext}', types: ['image/*'], minSize: 1, maxSize: 10_000_000 },
    },
    async onReceipt({ id, key }) {
      await pictures.add({ id, key, status: 'waiting' })
      return { id, status: 'waiting' }
    },
  })

  async function sign(id: string, status: Picture['status'], expiresIn: number) {
    const picture = await pictures.find(id)
    return picture?.status === status ? oss.signedUrl(picture.key, { expiresIn }) : undefined
  }

  return {
    uploads,
    preview: (id) => sign(id, 'waiting', 300),
    show: (id) => sign(id, 'published', 3600),
    async decide(id, isAllowed) {
      const picture = await pictures.find(id)
      if (!picture || !(await pictures.decide(id, isAllowed ? 'published' : 'refused'))) return
      if (!isAllowed) await oss.deleteObject(picture.key)
    },
  }
}
