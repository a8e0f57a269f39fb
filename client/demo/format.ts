/** Numbers as people read them, in the page's language. */
import { formatSize, formatUnit } from '../element/size.ts'
import { getLanguage } from './language.ts'

export const formatBytes = (bytes: number): string => formatSize(bytes, getLanguage())

/** e.g. `8 sec`, `2.5 min`. */
export function formatSeconds(seconds: number): string {
  return seconds < 60
    ? formatUnit(Math.max(1, Math.ceil(seconds)), 'second', getLanguage())
    : formatUnit(seconds / 60, 'minute', getLanguage(), 1)
}

/** e.g. `4.2 ms`, `38 ms`, `12.4 s`. */
export function formatMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

export function formatTime(ms: number): string {
  return new Date(ms).toLocaleTimeString(getLanguage() === 'en' ? undefined : 'zh-CN')
}
