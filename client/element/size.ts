/** Sizes as file managers show them: decimal units, bytes as a word. */
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

/** e.g. `1 byte`, `6 bytes`, `1.5 kB`, `64 MB`. @param language `en` or `zh` */
export function formatSize(bytes: number, language: string): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** step
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step ? 'short' : 'long',
    maximumFractionDigits: step && value < 10 ? 1 : 0,
  }).format(value)
}
