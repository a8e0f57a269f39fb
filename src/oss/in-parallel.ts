/** Takes the next entry only when there is space for it: memory is bounded by `limit`. The first failure ends all. */
export async function inParallel<T>(
  entries: AsyncIterable<T>,
  limit: number,
  work: (entry: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  let failure: { error: unknown } | undefined
  try {
    for await (const entry of entries) {
      if (failure) break
      const one = work(entry)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => running.delete(one))
      running.add(one)
      if (running.size >= limit) await Promise.race(running)
    }
  } finally {
    await Promise.all(running)
  }
  if (failure) throw failure.error
}
