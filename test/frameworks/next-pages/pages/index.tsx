import Head from 'next/head'
import { UploadField, useUpload } from 'oss-upcall/react'

interface Saved {
  url: string
  name: string
}

export default function Page() {
  const { start, progress, result, error } = useUpload({ endpoint: '/api/files', profile: 'file' })
  const saved = result?.response as Saved | undefined
  return (
    <>
      <Head>
        <title>Upload</title>
        <link rel="icon" href="data:," />
      </Head>
      <UploadField aria-label="File" onFiles={([file]) => file && start(file).catch(() => {})} />
      <progress max={100} value={progress?.percentage ?? 0} />
      <output>{saved ? `Saved ${saved.name} as ${saved.url}` : error?.message}</output>
    </>
  )
}
