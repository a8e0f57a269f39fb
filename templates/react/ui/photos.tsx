'use client'
import type { Service } from 'oss-upcall'
import { explain } from 'oss-upcall/client/explain'
import { UploadField, useUploads } from 'oss-upcall/react'
import { useCallback, useEffect, useState } from 'react'
import type { Photo } from '../server/photos.ts'
import { SignIn } from './sign-in.tsx'

interface Album {
  user: string
  photos: Photo[]
}

/** The service shows photos of the user who is signed in; the bucket stays private. */
const getAddress = (key: string): string =>
  `/api/files/objects/url?redirect&key=${encodeURIComponent(key)}`

function Uploads({ onSaved }: { onSaved: () => void }) {
  // `Service<Photo>` tells the type of `result.response`: what `onReceipt` returns.
  const { uploads, add } = useUploads<Service<Photo>>({ endpoint: '/api/files', profile: 'photos' })
  const send = (files: File[]) => {
    for (const file of files) add([file]).then(onSaved)
  }
  return (
    <>
      <label className="choose" htmlFor="photos">
        Add photos <UploadField id="photos" multiple accept="image/*" onFiles={send} />
      </label>
      <ul className="uploads" aria-live="polite">
        {uploads.map(({ key, name, state, progress, error, result }) => (
          <li key={key}>
            <span>{name}</span>
            {error ? (
              <small className="failed">{explain(error)}</small>
            ) : (
              <small>{result?.response ? `Saved as ${result.response.id}` : state}</small>
            )}
            <progress max={100} value={progress.percentage} aria-label={name} />
          </li>
        ))}
      </ul>
    </>
  )
}

export function Photos() {
  const [album, setAlbum] = useState<Album | 'signed-out' | undefined>()
  const load = useCallback(async () => {
    const response = await fetch('/api/photos')
    setAlbum(response.ok ? await response.json() : 'signed-out')
  }, [])
  useEffect(() => {
    load()
  }, [load])
  const signOut = () => fetch('/api/session', { method: 'DELETE' }).then(load)

  if (!album) return <main aria-busy="true" />
  return (
    <main>
      <header>
        <h1>Photos</h1>
        {album !== 'signed-out' && (
          <p>
            Signed in as {album.user}{' '}
            <button type="button" className="quiet" onClick={signOut}>
              Sign out
            </button>
          </p>
        )}
      </header>
      {album === 'signed-out' ? (
        <SignIn onSignedIn={load} />
      ) : (
        <>
          <Uploads onSaved={load} />
          <ul className="photos">
            {album.photos.map(({ id, key, name }) => (
              <li key={id}>
                <figure>
                  <img src={getAddress(key)} alt="" loading="lazy" />
                  <figcaption>{name}</figcaption>
                </figure>
              </li>
            ))}
          </ul>
        </>
      )}
    </main>
  )
}
