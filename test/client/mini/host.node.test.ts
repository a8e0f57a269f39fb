import { describe, expect, it, vi } from 'vitest'
import { wait } from '../../../client/http/retry.ts'
import { ALWAYS_ONLINE, createHost } from '../../../client/mini/host.ts'
import { createStopper } from '../../../client/mini/stop-signal.ts'

function createApi() {
  const heard: { network: (isConnected: boolean) => void; show: () => void; hide: () => void } = {
    network: () => {},
    show: () => {},
    hide: () => {},
  }
  const api = {
    request() {},
    uploadFile() {},
    onNetworkStatusChange(listener: (status: { isConnected: boolean }) => void) {
      heard.network = (isConnected) => listener({ isConnected })
    },
    onAppShow(listener: () => void) {
      heard.show = listener
    },
    onAppHide(listener: () => void) {
      heard.hide = listener
    },
  }
  return { api, heard }
}

describe('createHost', () => {
  it('is online while the network is there and the program is shown', () => {
    const { api, heard } = createApi()
    const { navigator } = createHost(api)
    const seen = [navigator.onLine]
    for (const change of [
      () => heard.hide(),
      () => heard.network(false),
      () => heard.show(),
      () => heard.network(true),
    ]) {
      change()
      seen.push(navigator.onLine)
    }
    expect(seen).toEqual([true, false, false, false, true])
  })

  it('wakes a wait, once, and forgets its listener', async () => {
    const { api, heard } = createApi()
    const host = createHost(api)
    const remove = vi.spyOn(host, 'removeEventListener')
    heard.network(false)
    const woken = wait(60_000, createStopper().signal, host)
    heard.network(true)
    await woken
    expect(remove).toHaveBeenCalledTimes(1)
  })

  it('is always online where the platform tells nothing', async () => {
    const bare = createHost({ request() {}, uploadFile() {} })
    expect(bare.navigator.onLine).toBe(true)
    expect(ALWAYS_ONLINE.navigator.onLine).toBe(true)
    await wait(1, createStopper().signal, ALWAYS_ONLINE)
  })
})
