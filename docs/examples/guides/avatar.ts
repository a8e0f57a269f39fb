/** avatar.ts: one picture for each user; the former one is deleted. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'
import type { OssClient } from 'oss-upcall/node'

export interface Users {
  /**
   * Sets the avatar, unless a newer one is set.
   *
   * @returns the key that nobody needs any more: of the former avatar, or of this one; nothing when it is set already
   */
  setAvatar(userId: string, avatar: { key: string; at: Date }): Promise<string | undefined>
}

export function createAvatars(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt'>,
  users: Users,
  oss: OssClient,
): Service {
  return createService({
    ...settings,
    profiles: {
      avatar: {
        key: 'avatars/{sub}/{id}.{ext}',
        types: ['image/png', 'image/jpeg', 'image/webp'],
        minSize: 1,
        maxSize: 5_000_000,
      },
    },
    async onReceipt({ subject, key, at }) {
      const unused = await users.setAvatar(subject, { key, at })
      if (unused !== undefined) await oss.deleteObject(unused)
      return { url: await oss.signedUrl(key, { process: 'image/resize,m_fill,w_200,h_200' }) }
    },
  })
}
