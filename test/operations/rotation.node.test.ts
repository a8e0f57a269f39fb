/** docs/operations.md, "Rotating a secret": nothing that is on its way is lost, and the old secret ends when it is taken out. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OssError } from '../../src/oss/errors.ts'
import { type UploadFileOptions, uploadFile } from '../../src/oss/upload-file.ts'
import type { FormTicket } from '../../src/signer/ticket.ts'
import { verifyWebhook } from '../../src/webhook/verify.ts'
import {
  createDeployment,
  type Deployment,
  NEW_JWT,
  NEW_KEY,
  NEW_SECRET,
  NEW_WEBHOOK,
  OLD_JWT,
  OLD_KEY,
  OLD_SECRET,
  OLD_WEBHOOK,
} from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let site: Deployment

beforeEach(async () => {
  site = await createDeployment()
})
afterEach(() => site.close())

function makeFile(size: number): string {
  const path = join(site.folder, `${size}.bin`)
  writeFileSync(path, new Uint8Array(size).fill(7))
  return path
}

async function upload(path: string, more: Partial<UploadFileOptions> = {}) {
  return uploadFile(path, {
    endpoint: site.url,
    profile: 'any',
    type: 'text/plain',
    headers: { authorization: `Bearer ${await site.token()}` },
    retryDelays: [100, 200, 400, 800],
    ...more,
  })
}

async function orderForm(secret?: string): Promise<Response> {
  return fetch(`${site.url}/uploads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await site.token(secret)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ profile: 'any', name: 'a.txt', type: 'text/plain', size: 5 }),
  })
}

async function sendForm({ url, fields }: FormTicket): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob(['hello']))
  return fetch(url, { method: 'POST', body: form })
}

/** Restarts the service when the second part is on its way. */
function restartInTheMiddle(restart: () => Promise<void>) {
  let restarting: Promise<void> | undefined
  return {
    method: 'multipart',
    partSize: 102_400,
    concurrency: 1,
    fetch: async (input, init) => {
      if (String(input).includes('partNumber=2')) {
        restarting ??= restart()
        await restarting
      }
      return fetch(input, init)
    },
  } satisfies Partial<UploadFileOptions>
}

describe('UPCALL_SECRET', () => {
  it('is replaced while a ticket is spent and an upload in parts runs', async () => {
    const ticket: FormTicket = await (await orderForm()).json()
    const both = { UPCALL_SECRET: `${NEW_SECRET} ${OLD_SECRET}` }
    const large = await upload(
      makeFile(350_000),
      restartInTheMiddle(() => site.restart(both)),
    )
    expect(large).toMatchObject({ delivery: 'done', via: 'callback', response: { ok: true } })
    expect(await (await sendForm(ticket)).json()).toEqual({ ok: true })
    expect(site.delivered).toHaveLength(2)

    const late: FormTicket = await (await orderForm()).json()
    await site.restart({ UPCALL_SECRET: NEW_SECRET })
    expect((await sendForm(late)).status).toBe(200)
    expect(site.delivered).toHaveLength(3)
  })

  it('that was taken out verifies nothing any more', async () => {
    const old: FormTicket = await (await orderForm()).json()
    await site.restart({ UPCALL_SECRET: NEW_SECRET })
    expect((await sendForm(old)).status).toBe(203)
    expect(site.delivered).toEqual([])
  })
})

describe('UPCALL_JWT_SECRET', () => {
  it('may be several: tokens of each are taken, until one is taken out', async () => {
    await site.restart({ UPCALL_JWT_SECRET: `${NEW_JWT} ${OLD_JWT}` })
    expect((await orderForm(OLD_JWT)).status).toBe(201)
    expect((await orderForm(NEW_JWT)).status).toBe(201)
    await site.restart({ UPCALL_JWT_SECRET: NEW_JWT })
    expect((await orderForm(OLD_JWT)).status).toBe(401)
    expect((await orderForm(NEW_JWT)).status).toBe(201)
  })

  it('is replaced while an upload in parts runs whose page renews its token', async () => {
    let secret = OLD_JWT
    const restart = async () => {
      await site.restart({ UPCALL_JWT_SECRET: `${NEW_JWT} ${OLD_JWT}` })
      secret = NEW_JWT
    }
    const result = await upload(makeFile(350_000), {
      ...restartInTheMiddle(restart),
      headers: async () => ({ authorization: `Bearer ${await site.token(secret)}` }),
    })
    expect(result.delivery).toBe('done')
  })
})

describe('UPCALL_WEBHOOK_SECRETS', () => {
  it('are replaced while an event waits: it is signed by both, then by the new one', async () => {
    site.isDown = true
    expect((await upload(makeFile(5))).delivery).toBe('accepted')
    await site.stop()
    site.isDown = false
    await site.start({ UPCALL_WEBHOOK_SECRETS: `${NEW_WEBHOOK},${OLD_WEBHOOK}` })
    await expect.poll(() => site.delivered.length, { timeout: 20_000 }).toBe(1)
    const [event = { headers: {}, body: '' }] = site.delivered
    const verify = (secret: string) =>
      verifyWebhook(event.headers, event.body, { secrets: [secret] })
    expect(() => verify(OLD_WEBHOOK)).not.toThrow()
    expect(() => verify(NEW_WEBHOOK)).not.toThrow()
    expect(() => verify(`whsec_${btoa('x'.repeat(32))}`)).toThrow()
  })
})

describe('the AccessKey', () => {
  it('is replaced and the old one disabled while an upload in parts runs', async () => {
    const rotate = async () => {
      await site.restart({
        OSS_ACCESS_KEY_ID: NEW_KEY.accessKeyId,
        OSS_ACCESS_KEY_SECRET: NEW_KEY.accessKeySecret,
      })
      await site.setAccessKeys([NEW_KEY])
    }
    const result = await upload(makeFile(350_000), restartInTheMiddle(rotate))
    expect(result).toMatchObject({ delivery: 'done', via: 'callback' })
    expect(site.delivered).toHaveLength(1)
  })

  it('that was disabled too early is a refusal of OSS, said by its code', async () => {
    await site.setAccessKeys([NEW_KEY])
    const refused = upload(makeFile(5))
    await expect(refused).rejects.toBeInstanceOf(OssError)
    await expect(refused).rejects.toMatchObject({ remoteCode: 'InvalidAccessKeyId' })
    await site.setAccessKeys([OLD_KEY, NEW_KEY])
    expect((await upload(makeFile(5))).delivery).toBe('done')
  })
})

describe('a restart', () => {
  it('leaves with 0, and hands over what was not delivered to the next process', async () => {
    site.isDown = true
    const accepted = await upload(makeFile(5))
    expect(accepted.delivery).toBe('accepted')
    expect(await site.stop()).toBe(0)
    site.isDown = false
    await site.start()
    await expect.poll(() => site.delivered.length, { timeout: 20_000 }).toBe(1)
    expect(JSON.parse(site.delivered[0]?.body ?? '{}').data.id).toBe(accepted.id)
  })
})
