/**
 * The order of keys in listings: by their UTF-8 bytes.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2
 */

/** For `sort`. Compares UTF-16 units without encoding: that order differs for characters above U+FFFF only. */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at += 1) {
    const [unitA, unitB] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (unitA !== unitB) return rank(unitA) - rank(unitB)
  }
  return a.length - b.length
}

/** Moves surrogates (U+D800 … U+DFFF) behind all other units, where UTF-8 has the characters they encode. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}

/** Index of the first key that is at or after `key` in a sorted list. */
export function findKey(keys: readonly string[], key: string): number {
  return bisect(keys, (other) => compareKeys(other, key) >= 0)
}

/** Index of the first key after `key` in a sorted list. */
export function findNextKey(keys: readonly string[], key: string): number {
  return bisect(keys, (other) => compareKeys(other, key) > 0)
}

function bisect(keys: readonly string[], isAtOrBehind: (key: string) => boolean): number {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isAtOrBehind(keys[middle] ?? '')) high = middle
    else low = middle + 1
  }
  return low
}
