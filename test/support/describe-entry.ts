/** An upload in words, for tests of page frameworks. */
interface Described {
  file: Blob | undefined
  state: string
  progress: { percentage: number } | undefined
  result: { response: unknown } | undefined
  error: { code: string } | undefined
}

/** E.g. `夏天.txt done 100% {"id":…}`. */
export function describeEntry({ file, state, progress, result, error }: Described): string {
  const name = file instanceof File ? file.name : '-'
  const percentage = `${Math.round(progress?.percentage ?? 0)}%`
  return [name, state, percentage, error?.code ?? JSON.stringify(result?.response) ?? ''].join(' ')
}
