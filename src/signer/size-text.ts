/** Sizes in texts for people: decimal units as in the browser client, bytes as a word. */
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

function format(bytes: number, step: number): string {
  const value = bytes / 1000 ** step
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || value >= 10 ? 0 : 1,
  }).format(value)
}

/** e.g. `1 byte`, `6 bytes`, `1.5 kB`, `64 MB`. */
export function formatSize(bytes: number): string {
  const step = Math.floor(Math.log10(Math.max(bytes, 1)) / 3)
  return format(bytes, Math.min(step, UNITS.length - 1))
}

/** Two different sizes, both in bytes where they would look the same: `5,000,001 bytes` and `5,000,000 bytes`. */
export function formatSizes(one: number, other: number): [string, string] {
  const texts: [string, string] = [formatSize(one), formatSize(other)]
  return texts[0] === texts[1] ? [format(one, 0), format(other, 0)] : texts
}
