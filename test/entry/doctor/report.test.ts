import { describe, expect, it } from 'vitest'
import { type Finding, fail, notChecked, ok, text } from '../../../src/entry/doctor/finding.ts'
import { printJson, printReport } from '../../../src/entry/doctor/report.ts'

const FINDINGS: Finding[] = [
  ok('oss.connect', text('OSS responds.', 'OSS 有响应。')),
  fail('cors.bucket', {
    what: text('No rule.', '没有规则。'),
    why: text('No upload.', '无法上传。'),
    fix: text('Add:\n<CORSRule>\n</CORSRule>', '添加:\n<CORSRule>\n</CORSRule>'),
    details: { origins: 'https://www.example.com' },
  }),
  notChecked('excess.others', text('Unknown.', '未知。')),
]

describe('the report', () => {
  it('says what, why and what to do, and counts', () => {
    expect(printReport(FINDINGS, 'en')).toBe(`ok     oss.connect: OSS responds.
FAIL   cors.bucket: No rule.
       why: No upload.
       do:  Add:
       <CORSRule>
       </CORSRule>
?      excess.others: Unknown.

1 ok, 0 to look at, 1 failed, 1 not checked.
`)
  })

  it('is in Chinese, too', () => {
    expect(printReport(FINDINGS, 'zh')).toContain('失败   cors.bucket: 没有规则。\n')
    expect(printReport(FINDINGS, 'zh')).toContain('1 项正常，0 项警告，1 项失败，1 项未检查。')
  })

  it('is JSON for scripts', () => {
    expect(JSON.parse(printJson(FINDINGS, 'zh'))).toEqual({
      ok: false,
      counts: { ok: 1, warn: 0, fail: 1, 'not-checked': 1 },
      findings: [
        { id: 'oss.connect', state: 'ok', what: 'OSS 有响应。' },
        {
          id: 'cors.bucket',
          state: 'fail',
          what: '没有规则。',
          why: '无法上传。',
          fix: '添加:\n<CORSRule>\n</CORSRule>',
          details: { origins: 'https://www.example.com' },
        },
        { id: 'excess.others', state: 'not-checked', what: '未知。' },
      ],
    })
    expect(JSON.parse(printJson([], 'en')).ok).toBe(true)
  })
})
