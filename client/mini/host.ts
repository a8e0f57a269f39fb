/**
 * Online or not, as the platform reports it. A mini program in the background cannot send either: WeChat ends its
 * requests after 5 s with `interrupted`.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/ability/network.html
 */
import type { Host } from '../http/run.ts'
import type { MiniApi } from './model.ts'

/** Listens as long as the program runs: call it once. */
export function createHost(api: MiniApi): Host {
  const listeners = new Set<() => void>()
  let isConnected = true
  let isHidden = false

  function update(): void {
    navigator.onLine = isConnected && !isHidden
    if (navigator.onLine) for (const listener of [...listeners]) listener()
  }

  const navigator = { onLine: true }
  api.onNetworkStatusChange?.((status) => {
    isConnected = status.isConnected
    update()
  })
  api.onAppShow?.(() => {
    isHidden = false
    update()
  })
  api.onAppHide?.(() => {
    isHidden = true
    update()
  })
  return {
    navigator,
    addEventListener: (_type, listener) => void listeners.add(listener),
    removeEventListener: (_type, listener) => void listeners.delete(listener),
  }
}

/** Where nothing reports it: the waits between attempts are all there is. */
export const ALWAYS_ONLINE: Host = {
  navigator: { onLine: true },
  addEventListener: () => {},
  removeEventListener: () => {},
}
