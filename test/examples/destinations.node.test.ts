/** The other destinations of `docs/examples/destinations`: what they send, on a socket or to the client's own interface. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createKafkaDeliver } from '../../docs/examples/destinations/kafka.ts'
import { createRocketDeliver } from '../../docs/examples/destinations/rocketmq.ts'
import { createSmqDeliver } from '../../docs/examples/destinations/smq.ts'
import { createSqsDeliver } from '../../docs/examples/destinations/sqs.ts'
import type { Deliver } from '../../src/service/delivery/outbox.ts'
import { parseEvent } from '../../src/webhook/event.ts'
import { START } from '../support/clock.ts'
import { createAttempt, FACTS, RECEIPT, SOURCE } from '../support/webhook-samples.ts'

interface Arrived {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

async function startServer(status = 201): Promise<{ origin: string; arrived: Arrived[] }> {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    arrived.push({ path: request.url ?? '', headers: request.headers, body })
    response.writeHead(status).end('<Error>PLANTED</Error>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return { origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, arrived }
}

function checkEvent(text: string | undefined): void {
  const event = parseEvent(Buffer.from(text ?? ''), RECEIPT.id)
  expect(event.data).toEqual(JSON.parse(JSON.stringify(RECEIPT)))
}

async function deliverTwice(deliver: Deliver): Promise<void> {
  for (const number of [1, 2]) {
    expect(JSON.parse(await deliver(RECEIPT, createAttempt({ number })))).toEqual(FACTS)
  }
}

describe('docs/examples/destinations', () => {
  it('smq.ts sends a signed message, the same body each time', async () => {
    const { origin, arrived } = await startServer()
    const keys = { accessKeyId: 'id', accessKeySecret: 'PLANTED' }
    const options = {
      endpoint: origin,
      queue: 'uploads',
      source: SOURCE,
      now: () => START,
      ...keys,
    }
    await deliverTwice(createSmqDeliver(options))
    const [first, second] = arrived
    expect(second?.body).toBe(first?.body)
    expect(first?.path).toBe('/queues/uploads/messages')
    const signed = [
      'POST',
      '',
      first?.headers['content-type'],
      first?.headers['x-mns-date'],
      `x-mns-version:${first?.headers['x-mns-version']}`,
      first?.path,
    ].join('\n')
    const signature = createHmac('sha1', 'PLANTED').update(signed).digest('base64')
    expect(first?.headers.authorization).toBe(`MNS id:${signature}`)
    const [, text = ''] = /<MessageBody>([^<]*)<\/MessageBody>/.exec(first?.body ?? '') ?? []
    checkEvent(Buffer.from(text, 'base64').toString())
  })

  it('sqs.ts sends a signed message, deduplicated in a FIFO queue', async () => {
    const { origin, arrived } = await startServer(200)
    const queueUrl = `${origin}/123456789012/uploads.fifo`
    const keys = { accessKeyId: 'id', secretAccessKey: 'PLANTED' }
    const options = { queueUrl, region: 'eu-central-1', source: SOURCE, ...keys }
    await deliverTwice(createSqsDeliver(options))
    const [first, second] = arrived
    expect(second?.body).toBe(first?.body)
    const { QueueUrl, MessageBody, ...fifo } = JSON.parse(first?.body ?? '')
    expect(QueueUrl).toBe(queueUrl)
    expect(fifo).toEqual({ MessageGroupId: RECEIPT.id, MessageDeduplicationId: RECEIPT.id })
    checkEvent(MessageBody)
    expect(first?.headers['x-amz-target']).toBe('AmazonSQS.SendMessage')
    const datetime = String(first?.headers['x-amz-date'])
    const headers = {
      'content-type': String(first?.headers['content-type']),
      'x-amz-target': String(first?.headers['x-amz-target']),
    }
    const url = `${origin}/`
    const common = { ...keys, region: 'eu-central-1', service: 'sqs', method: 'POST', url }
    const signer = new AwsV4Signer({ ...common, headers, body: first?.body ?? '', datetime })
    expect(first?.headers.authorization).toBe((await signer.sign()).headers.get('authorization'))
  })

  it.each([
    [
      'smq.ts',
      (origin: string) =>
        createSmqDeliver({
          endpoint: origin,
          queue: 'uploads',
          accessKeyId: 'id',
          accessKeySecret: 'PLANTED',
          source: SOURCE,
        }),
    ],
    [
      'sqs.ts',
      (origin: string) =>
        createSqsDeliver({
          queueUrl: `${origin}/1/uploads`,
          region: 'eu-central-1',
          accessKeyId: 'id',
          secretAccessKey: 'PLANTED',
          source: SOURCE,
        }),
    ],
  ])('%s fails when the queue refuses, without a secret', async (_, create) => {
    const { origin } = await startServer(403)
    const failure = create(origin)(RECEIPT, createAttempt())
    await expect(failure).rejects.toMatchObject({
      code: 'DELIVERY_FAILED',
      message: expect.not.stringContaining('PLANTED'),
    })
  })

  it('kafka.ts gives its producer one message, keyed by the upload', async () => {
    const sent: Parameters<Parameters<typeof createKafkaDeliver>[0]['send']>[0][] = []
    const send = async (record: (typeof sent)[number]) => {
      sent.push(record)
      return []
    }
    await deliverTwice(createKafkaDeliver({ send }, { topic: 'uploads', source: SOURCE }))
    const [first, second] = sent
    expect(second).toEqual(first)
    expect(first).toMatchObject({ topic: 'uploads', acks: -1, messages: [{ key: RECEIPT.id }] })
    checkEvent(String(first?.messages[0]?.value))
    const fail = async () => Promise.reject(new Error('no leader'))
    const deliver = createKafkaDeliver({ send: fail }, { topic: 'uploads', source: SOURCE })
    await expect(deliver(RECEIPT, createAttempt())).rejects.toThrow('no leader')
  })

  it('rocketmq.ts gives its producer one message, keyed by the event', async () => {
    const sent: { keys: string[]; tag: string; body: Buffer }[] = []
    const send = async (message: (typeof sent)[number]) => {
      sent.push(message)
      return { messageId: 'a' }
    }
    await deliverTwice(createRocketDeliver({ send }, { topic: 'uploads', source: SOURCE }))
    const [first, second] = sent
    expect(second).toEqual(first)
    expect(first).toMatchObject({ keys: [RECEIPT.id], tag: 'stored' })
    checkEvent(first?.body.toString())
  })
})
