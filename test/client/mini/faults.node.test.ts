import { describe, expect, it } from 'vitest'
import { toFaultError } from '../../../client/mini/faults.ts'

const URL = 'https://uploads.example.com/uploads?secret=PLANTED'

describe('toFaultError', () => {
  it.each([
    ['request:fail url not in domain list', 'DOMAIN_NOT_ALLOWED', false],
    ['uploadFile:fail timeout', 'TIMEOUT', true],
    ['request:fail time out', 'TIMEOUT', true],
    ['uploadFile:fail createUploadTask:fail file not found', 'FILE_UNREADABLE', false],
    ['uploadFile:fail file not exists', 'FILE_UNREADABLE', false],
    ['getFileInfo:fail no such file or directory "wxfile://a"', 'FILE_UNREADABLE', false],
    ['uploadFile:fail interrupted', 'NETWORK', true],
    ['request:fail net::ERR_CONNECTION_RESET', 'NETWORK', true],
    ['request:fail A server with the specified hostname could not be found.', 'NETWORK', true],
    ['uploadFile:fail socket closed', 'NETWORK', true],
    ['', 'NETWORK', true],
  ])('reads WeChat’s "%s" as %s', (errMsg, code, retryable) => {
    expect(toFaultError({ errMsg }, 'send', URL)).toMatchObject({ code, retryable, stage: 'send' })
  })

  it.each([
    [600002, 'DOMAIN_NOT_ALLOWED'],
    [5, 'TIMEOUT'],
    [600001, 'NETWORK'],
  ])('reads errno %i as %s', (errno, code) => {
    expect(toFaultError({ errMsg: 'request:fail', errno }, 'sign', URL).code).toBe(code)
  })

  it('reads the text of Alipay’s faults, as Taro passes them on', () => {
    expect(toFaultError({ errorMessage: '请求超时' }, 'send', URL).code).toBe('TIMEOUT')
  })

  it('names the host, and nothing else of the address', () => {
    const error = toFaultError({ errMsg: 'x' }, 'sign', URL)
    expect(error.message).toBe('sign: NETWORK https://uploads.example.com')
    expect(JSON.stringify(error)).not.toContain('PLANTED')
  })
})
