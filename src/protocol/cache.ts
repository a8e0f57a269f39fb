/**
 * The one cache of the project: a bounded map that drops what was not used for longest, half of it at a time.
 */

/** Values by key; `undefined` is not a value. */
export interface Cache<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  /** Entries at the moment, never more than `maxEntries`. */
  readonly size: number
}

/**
 * Two generations of at most half of `maxEntries` each. New and used entries are in the new one; when it is full, it
 * becomes the old one and the old one is dropped. The last `maxEntries / 2` keys that were used are always there.
 *
 * @param options.maxEntries at least 2
 */
export function createCache<Key, Value>({ maxEntries }: { maxEntries: number }): Cache<Key, Value> {
  const half = Math.max(1, Math.floor(maxEntries / 2))
  let fresh = new Map<Key, Value>()
  let old = new Map<Key, Value>()

  function set(key: Key, value: Value): void {
    if (fresh.size >= half && !fresh.has(key)) {
      old = fresh
      fresh = new Map()
    }
    old.delete(key)
    fresh.set(key, value)
  }

  return {
    get(key) {
      const value = fresh.get(key)
      if (value !== undefined) return value
      const oldValue = old.get(key)
      if (oldValue !== undefined) set(key, oldValue)
      return oldValue
    },
    set,
    get size() {
      return fresh.size + old.size
    },
  }
}

/**
 * A pure function that computes each value once, as long as the cache holds it. Errors are not cached. For keys that
 * are few and not secret: a callback, an endpoint, the name of a header.
 */
export function memoize<Key, Value>(
  compute: (key: Key) => Value,
  options: { maxEntries: number },
): (key: Key) => Value {
  const cache = createCache<Key, Value>(options)
  return (key) => {
    const known = cache.get(key)
    if (known !== undefined) return known
    const value = compute(key)
    cache.set(key, value)
    return value
  }
}
