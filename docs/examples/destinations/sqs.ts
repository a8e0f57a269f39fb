/**
 * Events into Amazon SQS, with the small signer `aws4fetch` (Node, Workers). For a FIFO queue: one group per upload, and
 * the event's id drops repetitions for five minutes; a consumer must know older ones itself.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
import { AwsClient } from 'aws4fetch'
import {
  buildEventText,
  createHandlerDeliver,
  type Deliver,
  DeliveryError,
  type ReceiptHandler,
} from 'oss-upcall'

export interface SqsOptions {
  /** e.g. `https://sqs.eu-central-1.amazonaws.com/123456789012/uploads.fifo` */
  queueUrl: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  source: string
}

export function createSqsDeliver({ queueUrl, source, ...credentials }: SqsOptions): Deliver {
  // The outbox tries again, at better times.
  const client = new AwsClient({ ...credentials, service: 'sqs', retries: 0 })
  const isFifo = queueUrl.endsWith('.fifo')

  const send: ReceiptHandler = async (receipt, attempt) => {
    const fifo = { MessageGroupId: receipt.id, MessageDeduplicationId: attempt.eventId }
    const MessageBody = buildEventText(receipt, attempt, source)
    const response = await client.fetch(new URL('/', queueUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
      },
      body: JSON.stringify({ QueueUrl: queueUrl, MessageBody, ...(isFifo && fifo) }),
      signal: attempt.signal,
    })
    await response.body?.cancel()
    if (!response.ok)
      throw new DeliveryError('DELIVERY_FAILED', `SQS responded ${response.status}.`)
  }
  return createHandlerDeliver(send, { onReplaced: send, onDead: send })
}
