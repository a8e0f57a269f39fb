/**
 * Uploads that a reload has interrupted. The client records them in a store; this is that store, so that the page can list
 * what waits, how much of it is sent, and forget it.
 */
import type { ResumeStore } from '../index.ts'

const STORAGE_KEY = 'upcall-demo'

/** Rows for people; the oldest are dropped. */
const MAX_UPLOADS = 20

/** What identifies a file that is chosen again. */
export interface FileFacts {
  profile: string
  name: string
  size: number
  type: string
  lastModified: number
}

export interface Unfinished {
  key: string
  file: FileFacts
  /** The client's own record. */
  record: string
  loaded: number
  startedAtMs: number
}

interface Saved {
  /** Of the dev server: another run knows none of these uploads. */
  runId: string
  uploads: Unfinished[]
}

export interface UnfinishedStore {
  storage: ResumeStore
  /** For the client's option of the same name. */
  fingerprint(file: Blob, options: { profile: string }): string | undefined
  list(): readonly Unfinished[]
  find(file: File, profile: string): Unfinished | undefined
  setLoaded(file: File, profile: string, loaded: number): void
  forget(key: string): void
}

function buildFingerprint(file: Blob, profile: string): string | undefined {
  if (!(file instanceof File)) return undefined
  const { name, size, type, lastModified } = file
  return JSON.stringify({ profile, name, size, type, lastModified } satisfies FileFacts)
}

/** @returns undefined for the key of something else */
function readFacts(key: string): FileFacts | undefined {
  const at = key.indexOf('{')
  return at < 0 ? undefined : JSON.parse(key.slice(at))
}

function load(runId: string): Unfinished[] {
  try {
    const saved = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '') as Saved
    return saved.runId === runId ? saved.uploads : []
  } catch {
    return []
  }
}

export function createUnfinishedStore(runId: string): UnfinishedStore {
  // Read each time: another tab may have written meanwhile.
  const list = () => load(runId)

  function save(uploads: Unfinished[]): void {
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify({ runId, uploads } satisfies Saved))
    } catch {
      // Forbidden or full: nothing can be continued after a reload.
    }
  }

  const remove = (key: string) => save(list().filter((upload) => upload.key !== key))

  function find(file: File, profile: string): Unfinished | undefined {
    const wanted = buildFingerprint(file, profile)
    return list().find((upload) => JSON.stringify(upload.file) === wanted)
  }

  return {
    find,
    fingerprint: (file, { profile }) => buildFingerprint(file, profile),
    list,
    setLoaded(file, profile, loaded) {
      const upload = find(file, profile)
      // A hundredth at least: progress comes often.
      if (!upload || Math.abs(loaded - upload.loaded) < file.size / 100) return
      save(list().map((other) => (other.key === upload.key ? { ...other, loaded } : other)))
    },
    forget: remove,
    storage: {
      getItem: (key) => list().find((upload) => upload.key === key)?.record ?? null,
      setItem(key, record) {
        const file = readFacts(key)
        if (!file) return
        const others = list().filter((upload) => upload.key !== key)
        const upload = { key, file, record, loaded: 0, startedAtMs: Date.now() }
        save([...others, upload].slice(-MAX_UPLOADS))
      },
      removeItem: remove,
    },
  }
}
