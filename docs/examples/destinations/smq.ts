/**
 * Events into Simple Message Queue of Alibaba Cloud (SMQ, formerly MNS), by its HTTP API. A message has at most 64 KB,
 * which holds a receipt of usual size.
 *
 * @see https://www.alibabacloud.com/help/en/mns/developer-reference/request-protocol-description
 */
import { createHmac } from 'node:crypto'
import {
  buildEventText,
  createHandlerDeliver,
  type Deliver,
  DeliveryError,
  type ReceiptHandler,
} from 'oss-upcall'

export interface SmqOptions {
  /** e.g. `https://1234567890123456.mns.cn-hangzhou.aliyuncs.com` */
  endpoint: string
  queue: string
  accessKeyId: string
  accessKeySecret: string
  source: string
  now?: () => Date
}

const TYPE = 'text/xml'
const VERSION = 'x-mns-version:2015-06-06'

export function createSmqDeliver({
  endpoint,
  queue,
  accessKeyId,
  accessKeySecret,
  source,
  now = () => new Date(),
}: SmqOptions): Deliver {
  const path = `/queues/${queue}/messages`

  function sign(date: string): string {
    // Method, MD5 of the body (left out), type, date, headers of SMQ, resource.
    const text = `POST\n\n${TYPE}\n${date}\n${VERSION}\n${path}`
    return createHmac('sha1', accessKeySecret).update(text).digest('base64')
  }

  const send: ReceiptHandler = async (receipt, attempt) => {
    // Base64, as the SDKs of SMQ expect it.
    const text = Buffer.from(buildEventText(receipt, attempt, source)).toString('base64')
    const date = now().toUTCString()
    const response = await fetch(new URL(path, endpoint), {
      method: 'POST',
      headers: {
        'content-type': TYPE,
        // In the place of `Date`, which not every platform lets programs set.
        'x-mns-date': date,
        'x-mns-version': '2015-06-06',
        authorization: `MNS ${accessKeyId}:${sign(date)}`,
      },
      body: `<?xml version="1.0" encoding="utf-8"?><Message xmlns="http://mns.aliyuncs.com/doc/v1/"><MessageBody>${text}</MessageBody></Message>`,
      signal: attempt.signal,
    })
    await response.body?.cancel()
    if (!response.ok)
      throw new DeliveryError('DELIVERY_FAILED', `SMQ responded ${response.status}.`)
  }
  return createHandlerDeliver(send, { onReplaced: send, onDead: send })
}
