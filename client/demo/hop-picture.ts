/** The picture of the four steps: who takes part, what is on its way, what has failed. For eyes alone: the list says the same. */
import { find } from './find.ts'
import type { ShowHops } from './hop-times.ts'
import { isWaiting } from './trace.ts'

/** Who takes part in a step. */
const NODES_OF_HOPS = [
  ['page', 'service'],
  ['page', 'oss'],
  ['oss', 'service'],
  ['oss', 'page'],
] as const

export function createHopPicture(): ShowHops {
  const picture = find(document, '.picture-of-hops', HTMLElement)

  return (trace, shown) => {
    const lit = new Set<string>()
    for (const [at, state] of shown.entries()) {
      for (const hop of picture.querySelectorAll<SVGElement>(`[data-hop="${at + 1}"]`)) {
        hop.dataset.state = state
      }
      if (state !== 'active') continue
      for (const node of NODES_OF_HOPS[at] ?? []) {
        lit.add(at === 3 && node === 'oss' && trace?.isAsked ? 'service' : node)
      }
    }
    for (const node of picture.querySelectorAll<SVGElement>('[data-node]')) {
      node.classList.toggle('lit', lit.has(node.dataset.node ?? ''))
    }
    picture.classList.toggle('is-asked', trace?.isAsked ?? false)
    picture.classList.toggle('is-waiting', trace !== undefined && isWaiting(trace))
    const isBack = shown[3] === 'done'
    picture.classList.toggle('is-delivered', isBack && trace?.isDelivered === true)
    picture.classList.toggle('is-undelivered', isBack && trace?.isDelivered === false)
    for (const bytes of picture.querySelectorAll<SVGElement>('[data-hop="2"]')) {
      bytes.style.setProperty('--sent', `${trace?.share ?? 0}`)
    }
  }
}
