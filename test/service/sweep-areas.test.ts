import { describe, expect, it } from 'vitest'
import { listSweepAreas } from '../../src/service/sweep-areas.ts'
import { createProfile } from '../support/samples.ts'

const ID = 'AbCdEfGhIjKlMnOpQrSt-_'

describe('where the sweep looks', () => {
  it.each([
    ['avatars/{sub}/{id}.{ext}', `avatars/user-42/${ID}.png`, ID],
    ['avatars/{sub}/{id}.{ext}', `avatars/user-42/${ID}`, ID],
    ['{id}', ID, ID],
    ['a+b/(x)/{id}', `a+b/(x)/${ID}`, ID],
    ['a/{yyyy}-{mm}-{dd}/{id}/{sub}.txt', `a/2030-01-02/${ID}/u.txt`, ID],
    ['t/{claim.org}/{id}.{ext}', `t/acme~2e/${ID}.png`, ID],
    ['a/{sub}.{ext}', 'a/user.png', undefined],
    ['a/{id}', 'a/short', undefined],
    ['a/{id}', `b/${ID}`, undefined],
    ['a/{id}', `a/${ID}/more`, undefined],
  ])('%s tells of %s the id %s', (key, object, id) => {
    const [area] = listSweepAreas([createProfile({ key })])
    expect(area?.readId(object)).toBe(id)
  })

  it.each([
    ['avatars/{sub}/{id}', 'avatars/', true],
    ['notes/2030/x-{id}', 'notes/2030/x-', true],
    ['{sub}/{id}', '', false],
    ['{claim.org}/a/{id}', '', false],
  ])('%s begins with %j', (key, prefix, isOurs) => {
    expect(listSweepAreas([createProfile({ key })])).toMatchObject([{ prefix, isOurs }])
  })

  it('is nowhere for direct profiles', () => {
    const callback = { url: 'https://app.example.com/cb' }
    expect(listSweepAreas([createProfile({ key: 'd/{id}', callback })])).toEqual([])
  })
})
