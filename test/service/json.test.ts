import { describe, expect, it } from 'vitest'
import { answerJson } from '../../src/service/json.ts'

describe('JSON answers', () => {
  it('know their length in bytes, which OSS demands', async () => {
    const response = answerJson('"世界"')
    expect(response.headers.get('content-length')).toBe('8')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toBe('世界')
    expect(answerJson('{}', 201).status).toBe(201)
  })
})
