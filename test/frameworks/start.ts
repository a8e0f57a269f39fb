/** An application as a process, with its own database and the variables that its recipe reads. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { findPort } from '../../src/dev/find-port.ts'
import type { RunningEmulator } from '../../src/emulator/start.ts'
import { type Program, startProgram } from '../runtimes/programs.ts'
import { ACCESS_KEY, CALLBACK_KEY, UPCALL_SECRET } from '../support/keys.ts'
import type { Command } from './apps.ts'
import { buildToolEnv } from './prepare.ts'

export const SESSION = 'session-of-alice'
export const USER = 'alice'
/** The path of the recipes. */
export const MOUNT = '/api/files'

export interface SavedFile {
  id: string
  user: string
  key: string
  name: string
  size: number
}

export interface RunningApp extends Program {
  url: string
  /** What `onReceipt` has written, the smallest first. */
  listSaved(): SavedFile[]
}

/** The application's own tables, as it would have them: a user is signed in, nothing is uploaded. */
function createDatabase(folder: string): string {
  for (const name of ['app.sqlite', 'app.sqlite-wal', 'app.sqlite-shm', 'data']) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  const file = join(folder, 'app.sqlite')
  const database = new DatabaseSync(file)
  database.exec('CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL)')
  database.prepare('INSERT INTO sessions VALUES (?, ?)').run(SESSION, USER)
  database.close()
  return file
}

function listSaved(file: string): SavedFile[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = database.prepare('SELECT * FROM files ORDER BY size, id').all()
    return rows.map(({ id, user, key, name, size }) => ({
      id: String(id),
      user: String(user),
      key: String(key),
      name: String(name),
      size: Number(size),
    }))
  } finally {
    database.close()
  }
}

/** @param options.mount the path that the settings name */
export async function startApp(
  [program, ...args]: Command,
  { folder, oss }: { folder: string; oss: RunningEmulator },
  { mount = MOUNT }: { mount?: string } = {},
): Promise<RunningApp> {
  const database = createDatabase(folder)
  const port = await findPort()
  const url = `http://127.0.0.1:${port}`
  const command = {
    command: program === 'node' ? process.execPath : join(folder, program),
    args: args.map((text) => text.replace('{port}', String(port))),
    cwd: folder,
    env: {
      ...buildToolEnv(folder),
      HOST: '127.0.0.1',
      PORT: String(port),
      ORIGIN: url,
      OSS_BUCKET: oss.bucket,
      OSS_REGION: oss.region,
      OSS_ENDPOINT: oss.url,
      OSS_ACCESS_KEY_ID: ACCESS_KEY.accessKeyId,
      OSS_ACCESS_KEY_SECRET: ACCESS_KEY.accessKeySecret,
      UPCALL_SECRET,
      UPCALL_PUBLIC_URL: url + mount,
      UPCALL_CALLBACK_KEYS: JSON.stringify({ [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }),
    },
  }
  oss.emulator.log.clear()
  const running = await startProgram(command, url)
  return { ...running, url, listSaved: () => listSaved(database) }
}
