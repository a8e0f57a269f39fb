/**
 * Checks the callback body that a profile gives, for what OSS makes of it: variables that OSS would not replace, JSON
 * that would not be JSON, and numbers that most JSON readers round.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
import type { CallbackBodyType } from '../protocol/callback.ts'

/** Without quotes of OSS, and nothing at all for a file that OSS cannot read as an image. */
const IMAGE_NUMBERS: ReadonlySet<string> = new Set(['imageInfo.width', 'imageInfo.height'])

/** What a variable becomes in JSON: for an image, and for a file that is not one, in both ways that were seen. */
function listJsonValues(name: string): readonly string[] {
  if (IMAGE_NUMBERS.has(name)) return ['1', '', 'null']
  if (name === 'imageInfo.format') return ['"png"', '', 'null']
  if (name === 'size' || name === 'crc64') return ['1', '1', '1']
  if (name === 'vpcId') return ['"vpc"', 'null', 'null']
  return ['"text"', '""', '"text"']
}

const VARIABLE = /\$\{([^{}]*)\}/g

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Digits, which can stand in quotes; and the format, for which nothing fits every file. */
const MAY_BE_QUOTED: ReadonlySet<string> = new Set([
  ...IMAGE_NUMBERS,
  'crc64',
  'imageInfo.format',
  'size',
])

/** The variables of a JSON template, and whether each stands between quotes of the template. */
function* listPlaces(body: string): Generator<{ name: string; isQuoted: boolean }> {
  let isQuoted = false
  for (const [token, name] of body.matchAll(/\\[\s\S]|"|\$\{([^{}]*)\}/g)) {
    if (token === '"') isQuoted = !isQuoted
    else if (name !== undefined) yield { name, isQuoted }
  }
}

function* findJsonIssues(body: string): Generator<string> {
  for (const { name, isQuoted } of listPlaces(body)) {
    if (name === 'crc64' && !isQuoted) {
      yield 'write "${crc64}" in quotes: JSON readers round a number of 64 bits'
    } else if (IMAGE_NUMBERS.has(name) && !isQuoted) {
      yield `write "\${${name}}" in quotes: it is empty for a file that is not an image`
    } else if (isQuoted && !MAY_BE_QUOTED.has(name)) {
      yield `write \${${name}} without quotes: OSS adds those of a text`
    }
  }
}

function isJsonForAllFiles(body: string): boolean {
  return [0, 1, 2].every((at) =>
    isJson(body.replace(VARIABLE, (_, name: string) => listJsonValues(name)[at] ?? '')),
  )
}

/**
 * @param vars names of the variables that the page may send
 * @returns what is wrong, as sentences without a full stop; none when the body can work
 */
export function findBodyIssues(
  body: string,
  bodyType: CallbackBodyType,
  vars: readonly string[],
): string[] {
  const issues: string[] = []
  if (/%24(?:%7b|\{)|\$%7b/i.test(body)) {
    issues.push(
      'write ${object} and the like as they are: OSS finds no variables that are percent-encoded',
    )
  } else if (body.search(VARIABLE) < 0) {
    issues.push('it has no variable such as ${object}, so that all callbacks would be the same')
  }
  for (const name of vars) {
    if (!body.includes(`\${x:${name}}`)) {
      issues.push(`it leaves out \${x:${name}}, which the profile's vars declare`)
    }
  }
  if (bodyType === 'application/json') {
    const jsonIssues = [...new Set(findJsonIssues(body))]
    issues.push(...jsonIssues)
    if (jsonIssues.length === 0 && !isJsonForAllFiles(body)) {
      issues.push(
        body.includes('${imageInfo.format}')
          ? 'it is not JSON for every file: ${imageInfo.format} is a text with quotes for an image, else empty'
          : 'it is not JSON after OSS has filled it in',
      )
    }
  } else if (/^\s*[{[]/.test(body)) {
    issues.push('it looks like JSON; set bodyType to application/json')
  }
  return issues
}
