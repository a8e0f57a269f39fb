/** Numbers as the page shows them: three digits that count, thousands apart. */
const group = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ')

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const rounded = Number(value.toPrecision(3))
  return Math.abs(rounded) >= 1000 ? group(rounded) : String(rounded)
}

/** A whole number, exactly. */
export const formatCount = group

export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return '–'
  const percent = 100 * share
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`
}

export function formatSeconds(seconds: number | undefined): string {
  if (seconds === undefined) return 'not within three days'
  if (seconds < 120) return `${formatNumber(seconds)} s`
  if (seconds < 7200) return `${formatNumber(seconds / 60)} min`
  return `${formatNumber(seconds / 3600)} h`
}

export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${formatNumber(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${formatNumber(bytes / 1e6)} MB` : `${formatNumber(bytes / 1e9)} GB`
}
