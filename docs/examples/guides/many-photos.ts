/** many-photos.ts: photos into an album; who may write to it is asked before each upload. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'

export interface Albums {
  mayWrite(userId: string, album: string): Promise<boolean>
  /** Adds the photo, unless its id is there: an event may come twice. */
  addPhoto(album: string, photo: { id: string; key: string; name: string }): Promise<void>
}

export function createPhotoUploads(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt' | 'onBeforeUpload'>,
  albums: Albums,
): Service {
  return createService({
    ...settings,
    profiles: {
      photo: {
        key: 'photos/{sub}/{id}.{ext}',
        types: ['image/*'],
        minSize: 1,
        maxSize: 30_000_000,
        vars: ['album'],
      },
    },
    async onBeforeUpload({ subject, vars: { album = '' } }) {
      if (await albums.mayWrite(subject, album)) return { allow: true }
      return { allow: false, code: 'ALBUM_FOREIGN', message: 'This album is of somebody else.' }
    },
    async onReceipt({ id, key, name, vars: { album = '' } }) {
      await albums.addPhoto(album, { id, key, name })
      return { id }
    },
  })
}
