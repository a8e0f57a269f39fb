/** Numbers with units. Sizes as file managers show them: decimal units, bytes as a word. */
const PREFIXES = ['', 'kilo', 'mega', 'giga', 'tera']

/** e.g. `8 sec`. @param unit as `Intl` names it */
export function formatUnit(
  value: number,
  unit: string,
  language: string,
  maximumFractionDigits = 0,
): string {
  const unitDisplay = unit === 'byte' ? 'long' : 'short'
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits } as const
  return new Intl.NumberFormat(language, options).format(value)
}

/** e.g. `1 byte`, `6 bytes`, `1.5 kB`, `64 MB`. @param language `en` or `zh` */
export function formatSize(bytes: number, language: string): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), PREFIXES.length - 1)
  const value = bytes / 1000 ** step
  return formatUnit(value, `${PREFIXES[step]}byte`, language, step && value < 10 ? 1 : 0)
}
