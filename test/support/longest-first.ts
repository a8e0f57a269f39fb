/**
 * The order of the test files: those that take long start first. Started last, each of them would run alone at the end
 * while the other workers have nothing to do.
 */
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Seconds on two processors; from 8 s on. What is not listed takes less. */
const SECONDS: Readonly<Record<string, number>> = {
  'test/demo.node.test.ts': 80,
  'test/entry/outbox-bullmq-crash.node.test.ts': 69,
  'test/chaos/delivery.node.test.ts': 69,
  'test/chaos/chaos.node.test.ts': 67,
  'test/operations/rotation.node.test.ts': 49,
  'test/entry/cli.node.test.ts': 47,
  'test/entry/outbox-bullmq.node.test.ts': 43,
  'test/package.node.test.ts': 40,
  'test/entry/node.node.test.ts': 38,
  'test/deploy/image.node.test.ts': 36,
  'test/entry/outbox-durable-object.node.test.ts': 36,
  'test/chaos/files.node.test.ts': 35,
  'test/network/network.node.test.ts': 31,
  'test/entry/bullmq/lists.node.test.ts': 29,
  'test/browsers/stored-types.node.test.ts': 29,
  'test/journey/whole-way.node.test.ts': 27,
  'test/entry/bullmq/postgres.node.test.ts': 27,
  'test/examples.node.test.ts': 20,
  'test/chaos/service-worker.node.test.ts': 20,
  'test/sequences/sequences.node.test.ts': 19,
  'test/service/delivery/simulation.node.test.ts': 19,
  'test/entry/outbox-sqlite.node.test.ts': 17,
  'test/entry/doctor/command.node.test.ts': 17,
  'test/oss/memory.node.test.ts': 13,
  'test/layout.node.test.ts': 12,
  'test/oss/upload-file.node.test.ts': 11,
  'test/signer/single-flight.node.test.ts': 9,
  'test/model/page.node.test.ts': 8,
  'test/entry/put-command.node.test.ts': 8,
}

const missing = Object.keys(SECONDS).filter((path) => !existsSync(path))
if (missing.length > 0) throw new Error(`No test files, but listed: ${missing.join(', ')}`)

const findSeconds = ({ moduleId }: TestSpecification): number =>
  SECONDS[relative('.', moduleId)] ?? 0

export class LongestFirst extends BaseSequencer {
  /** Files of one project stay together: they share a process where they are not isolated. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = ({ project }: TestSpecification): number => project.config.sequence.groupOrder
    const sorted = await super.sort(files)
    return sorted.sort((a, b) => order(a) - order(b) || findSeconds(b) - findSeconds(a))
  }
}
