import { describe, expect, it } from 'vitest'
import { buildSessionPolicy } from '../../src/credentials/session-policy.ts'
import type { Profile } from '../../src/signer/profile.ts'
import { codeOf } from '../support/samples.ts'

const profile = (key: string, more: Partial<Profile> = {}): Profile => ({
  key,
  types: ['*'],
  maxSize: 1,
  ...more,
})
const callback = { url: 'https://app.example.com' }
const OBJECT_ACTIONS = [
  'oss:PutObject',
  'oss:GetObject',
  'oss:ListParts',
  'oss:AbortMultipartUpload',
]
const build = (profiles: Record<string, Profile>) =>
  JSON.parse(buildSessionPolicy('my-bucket', profiles))

describe('a session policy', () => {
  it('allows what the service does under the prefixes of its profiles, and no more', () => {
    const profiles = { a: profile('avatars/{sub}/{id}'), b: profile('照片/{id}.{ext}') }
    expect(build(profiles)).toEqual({
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: OBJECT_ACTIONS,
          Resource: ['acs:oss:*:*:my-bucket/avatars/*', 'acs:oss:*:*:my-bucket/照片/*'],
        },
        {
          Effect: 'Allow',
          Action: ['oss:ListObjects', 'oss:ListMultipartUploads'],
          Resource: ['acs:oss:*:*:my-bucket'],
        },
      ],
    })
  })

  it('leaves out prefixes inside others', () => {
    const profiles = { a: profile('u/{id}'), b: profile('u/x/{id}'), c: profile('u/{sub}/{id}') }
    expect(build(profiles).Statement[0].Resource).toEqual(['acs:oss:*:*:my-bucket/u/*'])
  })

  it('allows ACLs only where a profile sets one, and no listing for direct profiles', () => {
    const profiles = {
      a: profile('a/{id}', { callback }),
      b: profile('b/{id}', { callback, acl: 'private' }),
    }
    expect(build(profiles).Statement.slice(1)).toEqual([
      {
        Effect: 'Allow',
        Action: ['oss:PutObjectAcl'],
        Resource: ['acs:oss:*:*:my-bucket/b/*'],
      },
    ])
  })

  it('says when STS would find it too long', () => {
    const many = Array.from({ length: 60 }, (_, at) => [
      `p${at}`,
      profile(`folder-of-a-long-name-${at}/{id}`),
    ])
    expect(codeOf(() => build(Object.fromEntries(many)))).toBe('POLICY_TOO_LONG')
  })
})
