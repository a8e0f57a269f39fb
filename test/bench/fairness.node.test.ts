/**
 * The benches compare like with like: the bare hash and HMAC take the very texts that `presign` signs, and the others
 * arrive at the same signatures. No timing here.
 */
import { describe, expect, it } from 'vitest'
import { hmacSha256Hex } from '../../src/protocol/crypto.ts'
import { presign } from '../../src/protocol/presign.ts'
import { createService } from '../../src/service/create-service.ts'
import { createAliClient } from './ali-oss.ts'
import { Rounds } from './measure.ts'
import { isReached, printRows, type Row } from './report.ts'
import * as sample from './samples.ts'
import { buildBody, createBenchSettings, createTokenMaker, nameProfile } from './settings.ts'
import { buildTexts } from './texts.ts'

const queries = sample.buildQueries(3)

function sign(query: sample.QuerySample, now: Date): URL {
  const { url } = presign(
    {
      method: 'PUT',
      bucket: sample.BUCKET,
      key: sample.KEY,
      region: sample.REGION,
      query,
      headers: sample.HEADERS,
      additionalHeaders: sample.ADDITIONAL_HEADERS,
    },
    { credentials: sample.CREDENTIALS, now, expiresInSeconds: sample.EXPIRES_SECONDS },
  )
  return new URL(url)
}

/** `20261122T080000Z` */
function parseTime(text: string | null): Date {
  return new Date((text ?? '').replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

describe('the benches compare like with like', () => {
  it('the texts of the bare hash and HMAC are those that presign signs, no two alike', () => {
    const now = new Date()
    const { key, texts } = buildTexts(queries, {
      credentials: sample.CREDENTIALS,
      now,
      expiresInSeconds: sample.EXPIRES_SECONDS,
    })
    const signatures = texts.map(({ toSign }) => hmacSha256Hex(key, toSign))
    const ours = queries.map((query) => sign(query, now).searchParams.get('x-oss-signature'))
    expect(signatures).toEqual(ours)
    expect(new Set(signatures).size).toBe(queries.length)
  })

  it('ali-oss signs the same request with the same signature', async () => {
    for (const query of queries) {
      const theirs = new URL(
        await createAliClient().signatureUrlV4(
          'PUT',
          sample.EXPIRES_SECONDS,
          { headers: sample.HEADERS, queries: query },
          sample.KEY,
          sample.ADDITIONAL_HEADERS,
        ),
      )
      const ours = sign(query, parseTime(theirs.searchParams.get('x-oss-date')))
      expect(Object.fromEntries(theirs.searchParams)).toEqual(Object.fromEntries(ours.searchParams))
    }
  })

  it.each(['HS256', 'ES256'] as const)('the service responds with a ticket to %s', async (alg) => {
    const maker = await createTokenMaker(alg)
    const service = createService(await createBenchSettings({ profiles: 10, ...maker }))
    const response = await service.fetch(
      new Request('http://localhost/uploads', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await maker.make('user-1')}`,
          'content-type': 'application/json',
        },
        body: buildBody(nameProfile(10)),
      }),
    )
    expect(response.status).toBe(201)
  })
})

describe('the table', () => {
  const row: Row = { what: 'a', against: 'b', ours: '2', theirs: '1', ratio: 2, unit: '×' }

  it('says of each goal whether it was reached', () => {
    expect(isReached(row)).toBeUndefined()
    expect(isReached({ ...row, goal: { most: 1.9 } })).toBe(false)
    expect(isReached({ ...row, goal: { most: 2 } })).toBe(true)
    expect(isReached({ ...row, goal: { least: 2.1 } })).toBe(false)
    expect(printRows([{ ...row, goal: { least: 2.1 } }])).toContain('| ≥ 2.1 | **no** |')
  })

  it('takes the median of the ratios within each round', () => {
    const rounds = new Rounds()
    for (const [ours, theirs] of [
      [2, 1],
      [30, 10],
      [8, 2],
    ] as const) {
      rounds.add('ours', ours)
      rounds.add('theirs', theirs)
    }
    expect(rounds.ratio('ours', 'theirs')).toBe(3)
  })
})
