import { describe, expect, it } from 'vitest'
import {
  isPrivateAddress,
  isPrivateHost,
} from '../../../src/emulator/callback/private-addresses.ts'

describe('addresses that are never called back', () => {
  it.each([
    '127.0.0.1',
    '10.255.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    'fd00::1',
    '2001:db8::1',
    'rubbish',
  ])('%s', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each([
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '121.101.166.30',
    '223.255.255.255',
  ])('but %s is', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })

  it('are known by name only where no DNS is needed', () => {
    expect(['localhost', 'a.localhost', '127.0.0.1'].every(isPrivateHost)).toBe(true)
    expect(['example.com', '8.8.8.8', 'localhost.example'].some(isPrivateHost)).toBe(false)
  })
})
