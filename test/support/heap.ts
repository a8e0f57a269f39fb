/** Heap in use after a garbage collection, without a flag of the command line. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export function readHeapBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}
