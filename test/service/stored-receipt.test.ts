import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/service/errors.ts'
import type { OssClient, StoredObject } from '../../src/service/oss-client.ts'
import {
  buildConfirmedReceipt,
  buildSweptReceipt,
  readStoredReceipt,
} from '../../src/service/stored-receipt.ts'
import { encryptObjectFacts } from '../../src/signer/object-facts.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { UPCALL_SECRET } from '../support/keys.ts'
import { createUpload } from '../support/samples.ts'

const SECRETS = createSecrets(UPCALL_SECRET)
const AT = new Date('2030-01-02T03:04:05Z')
const upload = createUpload({ crc64: '7', vars: { album: '夏天' } })

const stored = (more: Partial<StoredObject> = {}): StoredObject => ({
  size: upload.size,
  type: upload.type,
  etag: 'E',
  crc64: '7',
  contentMd5: '',
  uploadedAs: upload.id,
  facts: encryptObjectFacts(upload, SECRETS),
  versionId: '',
  ...more,
})

describe('the receipt of a stored object', () => {
  it('is the same by confirm and by the sweep, but for how it came about', () => {
    const { issuer, deployment, bucket, key } = upload
    const confirmed = buildConfirmedReceipt(upload, stored(), AT)
    const swept = buildSweptReceipt({ issuer, deployment, bucket, key }, stored(), SECRETS, AT)
    expect(confirmed).toMatchObject({
      id: upload.id,
      subject: upload.subject,
      vars: { album: '夏天' },
      via: 'confirm',
    })
    expect(swept).toEqual({ ...confirmed, via: 'sweep' })
  })

  it.each<[string, Partial<StoredObject>]>([
    ['of no upload of ours', { uploadedAs: '' }],
    ['without facts', { facts: '' }],
    ['with the facts of another upload', { uploadedAs: 'BBBBBBBBBBBBBBBBBBBBBB' }],
    ['with foreign facts', { facts: '1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['with another checksum than declared', { crc64: '8' }],
  ])('is none for an object %s', (_, more) => {
    const { issuer, deployment, bucket, key } = upload
    expect(
      buildSweptReceipt({ issuer, deployment, bucket, key }, stored(more), SECRETS, AT),
    ).toBeUndefined()
  })

  it('is none under another key: facts do not move with a copy', () => {
    const { issuer, deployment, bucket } = upload
    const place = { issuer, deployment, bucket, key: `${upload.key}.copy` }
    expect(buildSweptReceipt(place, stored(), SECRETS, AT)).toBeUndefined()
  })

  it.each<[string, Partial<StoredObject>]>([
    ['size', { size: upload.size + 1 }],
    ['type', { type: 'text/html' }],
    ['upload', { uploadedAs: 'B' }],
    ['checksum', { crc64: '8' }],
  ])('is refused to a page whose object has another %s', (_, more) => {
    expect(() => buildConfirmedReceipt(upload, stored(more), AT)).toThrow(
      expect.objectContaining({ code: 'OBJECT_MISMATCH' }),
    )
  })
})

describe('what is read of an object by its key', () => {
  const read = (head: () => Promise<StoredObject>) => {
    const { issuer, deployment, bucket, key } = upload
    const deps = {
      oss: { head } as unknown as OssClient,
      ticketContext: { issuer, deployment, bucket, secrets: SECRETS },
      now: () => AT,
    }
    return readStoredReceipt(deps as unknown as Parameters<typeof readStoredReceipt>[0], key)
  }
  const fail = (code: 'OBJECT_MISSING' | 'OSS_UNREACHABLE') => () =>
    Promise.reject(new ServiceError(code, 'no'))

  it('is its receipt, or nothing for an object that is gone', async () => {
    expect(await read(async () => stored())).toMatchObject({ id: upload.id, via: 'sweep' })
    expect(await read(async () => stored({ facts: '' }))).toBeUndefined()
    expect(await read(fail('OBJECT_MISSING'))).toBeUndefined()
  })

  it('is an error while OSS does not respond', async () => {
    await expect(read(fail('OSS_UNREACHABLE'))).rejects.toMatchObject({ code: 'OSS_UNREACHABLE' })
  })
})
