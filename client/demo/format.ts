import { formatSize } from '../element/size.ts'

/** Numbers as people read them. */
export const formatBytes = (bytes: number): string => formatSize(bytes, 'en')

/** e.g. `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
