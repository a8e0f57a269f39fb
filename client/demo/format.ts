/** Numbers as people read them. */
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

/** e.g. `64 MB`, decimal units as file managers show them. */
export function formatBytes(bytes: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1)
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    maximumFractionDigits: step > 0 && bytes / 1000 ** step < 10 ? 1 : 0,
  }).format(bytes / 1000 ** step)
}

/** e.g. `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
