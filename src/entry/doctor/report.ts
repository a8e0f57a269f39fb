/** The findings as text for people, or as JSON for scripts. */
import type { Finding, FindingState, Language } from './finding.ts'

const MARKS: Readonly<Record<Language, Readonly<Record<FindingState, string>>>> = {
  en: { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', 'not-checked': '?   ' },
  zh: { ok: '正常', warn: '警告', fail: '失败', 'not-checked': '未查' },
}

const LABELS: Readonly<Record<Language, { why: string; fix: string }>> = {
  en: { why: 'why: ', fix: 'do:  ' },
  zh: { why: '影响：', fix: '处理：' },
}

const INDENT = ' '.repeat(7)

function indent(text: string): string {
  return text.replaceAll('\n', `\n${INDENT}`)
}

type Counts = Record<FindingState, number>

function count(findings: readonly Finding[]): Counts {
  const counts: Counts = { ok: 0, warn: 0, fail: 0, 'not-checked': 0 }
  for (const { state } of findings) counts[state] += 1
  return counts
}

function describeCounts(counts: Counts, language: Language): string {
  const { ok, warn, fail, 'not-checked': unknown } = counts
  return language === 'zh'
    ? `${ok} 项正常，${warn} 项警告，${fail} 项失败，${unknown} 项未检查。`
    : `${ok} ok, ${warn} to look at, ${fail} failed, ${unknown} not checked.`
}

export function printReport(findings: readonly Finding[], language: Language): string {
  const labels = LABELS[language]
  const lines = findings.flatMap(({ id, state, what, why, fix }) => [
    `${MARKS[language][state]}   ${id}: ${indent(what[language])}`,
    ...(why ? [`${INDENT}${labels.why}${indent(why[language])}`] : []),
    ...(fix ? [`${INDENT}${labels.fix}${indent(fix[language])}`] : []),
  ])
  return `${lines.join('\n')}\n\n${describeCounts(count(findings), language)}\n`
}

export function printJson(findings: readonly Finding[], language: Language): string {
  const counts = count(findings)
  const texts = findings.map(({ id, state, what, why, fix, details }) => ({
    id,
    state,
    what: what[language],
    why: why?.[language],
    fix: fix?.[language],
    details,
  }))
  return `${JSON.stringify({ ok: counts.fail === 0, counts, findings: texts }, null, 2)}\n`
}
