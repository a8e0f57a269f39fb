/** The delivery of receipts, by the operator's routes of the running service. */
import type { DoctorContext } from './context.ts'
import { type Finding, fail, notChecked, ok, text, warn } from './finding.ts'
import { fetchText } from './network.ts'

/** A first retry comes after seconds; what waits for longer has failed several times. */
const OLD_MS = 600_000
/** Sentences of the store that are repeated here. */
const MAX_PROBLEMS = 10

interface Deliveries {
  due: number
  dead: number
  oldestDueAt: number
  problems: string[]
}

function readDeliveries(body: string): Deliveries | undefined {
  try {
    const { due, dead, oldestDueAt, problems } = JSON.parse(body) as Record<string, unknown>
    if (typeof due !== 'number' || typeof dead !== 'number' || !Array.isArray(problems)) return
    return {
      due,
      dead,
      oldestDueAt: Date.parse(String(oldestDueAt)),
      problems: problems.map(String).slice(0, MAX_PROBLEMS),
    }
  } catch {
    return undefined
  }
}

function describeDue({ due, oldestDueAt }: Deliveries, now: Date): Finding {
  const minutes = Math.floor((now.getTime() - oldestDueAt) / 60_000)
  if (due === 0 || !(now.getTime() - oldestDueAt > OLD_MS)) {
    const what = text(`${due} receipts are being delivered.`, `${due} 条回执正在投递。`)
    return ok('delivery.due', what, { due: String(due) })
  }
  return warn('delivery.due', {
    what: text(
      `${due} receipts wait, the oldest for ${minutes} minutes.`,
      `${due} 条回执在等待，最早的已等 ${minutes} 分钟。`,
    ),
    why: text('The application does not take them.', '应用没有接收它们。'),
    fix: text(
      'See webhook.event; and the log of the application.',
      '见 webhook.event 和应用日志。',
    ),
    details: { due: String(due), minutes: String(minutes) },
  })
}

function describeDead({ dead }: Deliveries): Finding {
  if (dead === 0) {
    return ok('delivery.dead', text('No delivery was given up.', '没有被放弃的投递。'))
  }
  return warn('delivery.dead', {
    what: text(`${dead} deliveries were given up.`, `${dead} 条投递已被放弃。`),
    why: text('The application never learned of these uploads.', '应用从未得知这些上传。'),
    fix: text(
      'Mend the cause, then `upcall dead list` and `upcall dead replay <event id>`.',
      '排除原因后使用 `upcall dead list` 和 `upcall dead replay <event id>`。',
    ),
    details: { dead: String(dead) },
  })
}

function describeStore({ problems }: Deliveries): Finding {
  if (problems.length === 0) {
    return ok('delivery.store', text('Receipts are recorded durably.', '回执会持久保存。'))
  }
  const sentences = problems.join(' ')
  return warn('delivery.store', {
    what: text(sentences, sentences),
    why: text('Receipts can be lost.', '回执可能丢失。'),
    fix: text('See docs/delivery.md.', '见 docs/delivery.md。'),
  })
}

const NOTHING = text('Nothing is known of the delivery of receipts', '无法得知回执的投递情况')

export async function checkDelivery(context: DoctorContext): Promise<Finding[]> {
  const { config, publicUrl, ports } = context
  const { operatorToken } = config
  if (operatorToken === undefined) {
    const fix = text(
      'Set UPCALL_OPERATOR_TOKEN for the service and the doctor.',
      '为服务和 doctor 设置 UPCALL_OPERATOR_TOKEN。',
    )
    return [notChecked('delivery.due', text(`${NOTHING.en}.`, `${NOTHING.zh}。`), fix)]
  }
  const response = await fetchText(ports.fetch, `${publicUrl}/operator/deliveries`, {
    headers: { authorization: `Bearer ${operatorToken}` },
  })
  if (response.kind === 'failed') {
    const { words } = response.fault
    return [
      notChecked(
        'delivery.due',
        text(`${NOTHING.en}: ${words.en}.`, `${NOTHING.zh}：${words.zh}。`),
      ),
    ]
  }
  const deliveries = response.status === 200 ? readDeliveries(response.body) : undefined
  if (deliveries) {
    return [
      describeStore(deliveries),
      describeDue(deliveries, ports.now()),
      describeDead(deliveries),
    ]
  }
  return [
    fail('delivery.due', {
      what: text(
        `The service refuses the operator's token (${response.status}).`,
        `服务拒绝了运维令牌（${response.status}）。`,
      ),
      why: text(`${NOTHING.en}.`, `${NOTHING.zh}。`),
      fix: text(
        'Start the service with the same UPCALL_OPERATOR_TOKEN; a proxy must pass Authorization.',
        '让服务使用相同的 UPCALL_OPERATOR_TOKEN；代理必须转发 Authorization。',
      ),
      details: { status: String(response.status) },
    }),
  ]
}
