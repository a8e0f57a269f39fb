import Uppy from '@uppy/core'
import Dashboard from '@uppy/dashboard'
import type { UploadOptions } from '../../index.ts'
import { OssUpcall } from '../../uppy.ts'

export function startUppy(page: HTMLElement, options: UploadOptions): Uppy {
  const uppy = new Uppy({ autoProceed: true })
    .use(Dashboard, {
      target: page,
      inline: true,
      width: '100%',
      height: 260,
      theme: 'auto',
      proudlyDisplayPoweredByUppy: false,
    })
    .use(OssUpcall, options)
  uppy.on('upload-success', (file, response) => {
    console.info(`${file?.name} is stored:`, response.body)
  })
  return uppy
}
