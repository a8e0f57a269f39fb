import AwsS3, { type AwsBody } from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import { useState } from 'react'

async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return response.json()
}

export function Photo() {
  const [text, setText] = useState('')
  async function start(file: File) {
    const { type, size } = file
    const signRequest = () => post('/api/sign', { type, size })
    const uppy = new Uppy<Record<string, never>, AwsBody>().use(AwsS3, { signRequest })
    uppy.addFile(file)
    const { key } = (await uppy.upload())?.successful?.[0]?.response?.body ?? {}
    setText(key ? (await post('/api/photos', { key })).url : 'The upload failed.')
  }
  return (
    <>
      <input
        type="file"
        accept="image/*"
        onChange={({ target }) => target.files?.[0] && start(target.files[0])}
      />
      <output>{text}</output>
    </>
  )
}
