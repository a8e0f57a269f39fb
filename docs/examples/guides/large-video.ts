/** large-video.ts: files of many gigabytes, which go on after an interruption, even tomorrow. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'

export interface Videos {
  /** Adds the video, unless its id is there: an event may come twice. */
  add(video: { id: string; owner: string; key: string; title: string }): Promise<void>
}

export function createVideoUploads(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt'>,
  videos: Videos,
): Service {
  return createService({
    ...settings,
    profiles: {
      video: {
        key: 'video/{sub}/{id}.{ext}',
        types: ['video/*'],
        minSize: 1,
        maxSize: 50_000_000_000,
        methods: ['multipart'],
        sessionSeconds: 7 * 86_400,
        vars: ['title'],
      },
    },
    async onReceipt({ id, subject, key, name, vars }) {
      await videos.add({ id, owner: subject, key, title: vars.title ?? name })
      return { id, status: 'processing' }
    },
  })
}
