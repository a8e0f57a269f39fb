/**
 * Answers kept for the texts that come again with every upload: a callback, an endpoint, a header's name. Never for
 * secrets, nor for anything that a stranger could make grow: what is kept is bounded and goes all at once.
 */

/** A pure function of a text that keeps its last answers, at most `most`. What throws is not kept. */
export function remember<T>(most: number, compute: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const answer = compute(text)
    if (kept.size >= most) kept.clear()
    kept.set(text, answer)
    return answer
  }
}
