/** .env.example, compose.yaml and the Kubernetes manifest: what they set is what the service reads. */
import { globSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { readConfig } from '../../src/entry/config.ts'

const source = globSync('src/entry/{config,environment-credentials,observability-config}.ts')
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const VARIABLES = new Set(
  source.match(/(?<=')(?:(?:OSS|UPCALL|ALIBABA_CLOUD)_[A-Z_]+|HOST|PORT)(?=')/g),
)

/** What nobody can write into a file that others read. */
const SECRETS = {
  OSS_ACCESS_KEY_ID: 'id',
  OSS_ACCESS_KEY_SECRET: 'secret',
  UPCALL_SECRET: 'x'.repeat(48),
  UPCALL_WEBHOOK_SECRETS: `whsec_${'QUFB'.repeat(8)}`,
}

describe('.env.example', () => {
  const text = readFileSync('.env.example', 'utf8')
  const example = parseEnv(text)

  it('names every variable that the service reads, and no other', () => {
    expect(VARIABLES.size).toBeGreaterThan(25)
    expect(Object.keys(example).sort()).toEqual([...VARIABLES].sort())
  })

  it('is a configuration that works once the secrets are filled in', () => {
    expect(readConfig({ ...example, ...SECRETS })).toMatchObject({
      bucket: 'my-bucket',
      port: 8787,
    })
  })

  it('holds no secret, and no quotes, which docker would keep', () => {
    for (const name of Object.keys(SECRETS)) expect(example[name], name).toBe('')
    expect([example.UPCALL_OPERATOR_TOKEN, example.UPCALL_METRICS_TOKEN]).toEqual(['', ''])
    expect(text).not.toMatch(/^\w+=["']/m)
  })

  it('explains what each is', () => {
    for (const block of text.split('\n\n').filter((part) => /^\w+=/m.test(part))) {
      expect(block, block).toMatch(/^# \S/)
    }
  })
})

describe('compose.yaml', () => {
  const { services, volumes } = parse(readFileSync('compose.yaml', 'utf8'))
  const { environment } = services.upcall

  it('sets what the service reads, and the address of the local key', () => {
    const { LOCAL_OSS_KEY_URL, ...own } = environment
    expect(Object.keys(own).filter((name) => !VARIABLES.has(name))).toEqual([])
    expect(LOCAL_OSS_KEY_URL).toMatch(/^http:\/\/0\.0\.0\.0:9000\//)
    expect(readConfig(own)).toMatchObject({ redisUrl: 'redis://redis:6379' })
  })

  it('runs the local OSS with the bucket, the keys and the port of the service', () => {
    const args: string[] = services.oss.command
    const { OSS_BUCKET, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_ENDPOINT } = environment
    expect(args).toContain(`--bucket=${OSS_BUCKET}`)
    expect(args).toContain(`--access-key=${OSS_ACCESS_KEY_ID}:${OSS_ACCESS_KEY_SECRET}`)
    expect(args).toContain(`--port=${new URL(OSS_ENDPOINT).port}`)
    expect(services.oss.network_mode).toBe('service:upcall')
  })

  it('gives Redis what the outbox requires', () => {
    const text = services.redis.command.join(' ')
    expect(text).toContain('--appendonly yes')
    expect(text).toContain('--maxmemory-policy noeviction')
    expect(Object.keys(volumes)).toEqual(['redis-data', 'oss-data'])
  })

  it('gives the application what the service has, and the service its address', () => {
    const { HOST, PORT, ...own } = services.application.environment
    expect(HOST).toBe('0.0.0.0')
    expect(environment).toMatchObject(own)
    expect(Object.keys(own).sort()).toEqual([
      'UPCALL_JWT_AUDIENCE',
      'UPCALL_JWT_ISSUER',
      'UPCALL_JWT_SECRET',
      'UPCALL_PUBLIC_URL',
      'UPCALL_WEBHOOK_SECRETS',
    ])
    expect(new URL(environment.UPCALL_WEBHOOK_URL).port).toBe(PORT)
    expect(services.application.network_mode).toBe('service:upcall')
    expect(services.upcall.ports).toContain(`127.0.0.1:${PORT}:${PORT}`)
  })

  it('publishes on loopback alone', () => {
    for (const port of services.upcall.ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })
})

describe('deploy/kubernetes.yaml', () => {
  const documents = parseAllDocuments(readFileSync('deploy/kubernetes.yaml', 'utf8')).map(
    (document) => document.toJS(),
  )
  const find = (kind: string) => documents.find((document) => document.kind === kind)
  const { spec } = find('Deployment').spec.template
  const [container] = spec.containers

  it('has a configuration that works with the secrets', () => {
    const { data } = find('ConfigMap')
    expect(Object.keys(data).filter((name) => !VARIABLES.has(name))).toEqual([])
    const secrets = { ...SECRETS, UPCALL_REDIS_URL: 'redis://redis:6379' }
    expect(readConfig({ ...data, ...secrets })).toMatchObject({ bucket: 'my-bucket' })
    expect(Object.keys(data).filter((name) => name in secrets)).toEqual([])
  })

  it('names things that are there', () => {
    expect(container.envFrom).toEqual([
      { configMapRef: { name: find('ConfigMap').metadata.name } },
      { secretRef: { name: 'upcall' } },
    ])
    const { labels } = find('Deployment').spec.template.metadata
    for (const kind of ['Deployment', 'PodDisruptionBudget']) {
      expect(find(kind).spec.selector.matchLabels).toEqual(labels)
    }
    expect(find('Service').spec.selector).toEqual(labels)
    expect(find('Service').spec.ports[0].targetPort).toBe(container.ports[0].name)
  })

  it('probes a route that the service has, on the port of the image', () => {
    const app = readFileSync('src/service/app.ts', 'utf8')
    const dockerfile = readFileSync('Dockerfile', 'utf8')
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const { path, port } = container[probe].httpGet
      expect(app).toContain(`app.get('${path}'`)
      expect(port).toBe(container.ports[0].name)
    }
    expect(dockerfile).toContain(`PORT=${container.ports[0].containerPort}`)
  })

  it('runs without rights, on a file system that is read-only but for the data', () => {
    expect(spec.securityContext.runAsNonRoot).toBe(true)
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container.volumeMounts[0].mountPath).toBe('/data')
  })

  it('waits longer than the service takes to stop', () => {
    const [, stopMs = ''] =
      /STOP_TIMEOUT_MS = ([\d_]+)/.exec(
        ['src/entry/node.ts', 'src/entry/node-server.ts']
          .map((path) => readFileSync(path, 'utf8'))
          .join('\n'),
      ) ?? []
    const seconds = Number(stopMs.replaceAll('_', '')) / 1000
    const preStop = Number(container.lifecycle.preStop.exec.command.at(-1))
    expect(seconds).toBeGreaterThan(0)
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds + preStop)
  })
})
