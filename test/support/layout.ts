/**
 * The layout as data: the modules, from the lowest to the highest, and what each may import beside itself.
 *
 * - `src/signer/` names the files of one module, `src/emulator/**` those of the modules inside it too;
 * - `src/protocol/bytes.ts` names one file, `type …` its types alone;
 * - everything else is a package: `hono` stands for `hono/cors` too, `node:*` for all of Node's own.
 *
 * A row for one file adds to the row of its module. A row or a permission that nothing uses fails the test.
 */
export type Layout = Readonly<Record<string, readonly string[]>>

/** Files that are modules by themselves: their rows do not add to the row of a folder. */
export const MODULES_OF_ONE_FILE: readonly string[] = [
  'client/options.ts',
  'src/service/errors.ts',
  'src/service/safe-url.ts',
]

export const LAYOUT: Layout = {
  // OSS's formats and signatures. Deterministic, synchronous.
  'src/protocol/': [],
  // `#base64` and `#crypto` are each one of those below: `imports` in package.json chooses by the runtime.
  'src/protocol/bytes.ts': ['#base64'],
  'src/protocol/base64-node.ts': ['node:string_decoder'],
  'src/protocol/crypto.ts': ['#crypto'],
  'src/protocol/crypto-aead.ts': ['#crypto'],
  'src/protocol/crypto-node.ts': ['node:crypto'],
  'src/protocol/crypto-node-aead.ts': ['node:crypto'],
  'src/protocol/crypto-node-fast.ts': ['node:crypto'],
  'src/protocol/crypto-portable.ts': ['@noble/hashes'],
  'src/protocol/crypto-portable-aead.ts': ['@noble/ciphers'],
  'src/protocol/crypto-portable-rsa.ts': ['@noble/hashes'],
  'src/protocol/crypto-rsa-private.ts': ['node:crypto'],

  // Profile + subject + file facts → ticket; callback → receipt.
  'src/signer/': ['src/protocol/'],

  // Credentials that expire: STS, ECS, a URL. Web standards only.
  'src/credentials/': [
    'src/service/safe-url.ts',
    'src/signer/',
    'src/protocol/bytes.ts',
    'src/protocol/crypto.ts',
    'type src/protocol/signing-key.ts',
  ],

  // OSS's calls for servers, signed by header.
  'src/oss/': ['src/signer/', 'src/protocol/'],
  'src/oss/checkpoint.ts': ['node:*'],
  'src/oss/file-source.ts': ['node:*'],
  'src/oss/upload-file.ts': ['client/upload/media-type.ts'],

  // For receivers of webhooks: no server code comes along.
  'src/webhook/': [
    'src/protocol/bytes.ts',
    'src/protocol/crypto.ts',
    'type src/signer/accept-callback.ts',
  ],

  // HTTP, by Hono. Delivery does not know the routes.
  'src/service/errors.ts': [],
  'src/service/safe-url.ts': [],
  'src/service/delivery/': [
    'src/service/errors.ts',
    'src/service/safe-url.ts',
    'src/webhook/event.ts',
    'src/webhook/signature.ts',
    'src/signer/',
    'src/protocol/',
  ],
  'src/service/': [
    'src/service/errors.ts',
    'src/service/safe-url.ts',
    'src/service/delivery/',
    'src/webhook/event.ts',
    'src/webhook/before-upload.ts',
    'src/signer/',
    'src/protocol/',
    'hono',
    'jose',
    'valibot',
  ],

  // The local OSS. It shares arithmetic with `protocol`, never a format or a signature.
  'src/emulator/behavior/': [],
  'src/emulator/http/': ['src/emulator/behavior/', 'src/protocol/bytes.ts'],
  'src/emulator/http/xml.ts': ['@rgrove/parse-xml'],
  'src/emulator/storage/': ['src/emulator/http/'],
  'src/emulator/storage/disk-store.ts': ['node:*'],
  'src/emulator/callback/': [
    'src/emulator/http/',
    'src/emulator/behavior/',
    'src/protocol/bytes.ts',
    'src/protocol/crypto-rsa-private.ts',
  ],
  'src/emulator/callback/node-transport.ts': ['node:*'],
  'src/emulator/auth/': [
    'src/emulator/storage/',
    'src/emulator/http/',
    'src/emulator/behavior/',
    'src/protocol/bytes.ts',
    'src/protocol/crypto.ts',
  ],
  'src/emulator/sts/': [
    'src/emulator/auth/',
    'src/emulator/http/',
    'src/protocol/bytes.ts',
    'src/protocol/crypto.ts',
  ],
  'src/emulator/operations/': [
    'src/emulator/auth/',
    'src/emulator/storage/',
    'src/emulator/callback/',
    'src/emulator/http/',
    'src/emulator/behavior/',
    'src/protocol/bytes.ts',
    'src/protocol/crypto.ts',
    'src/protocol/crc64.ts',
  ],
  'src/emulator/node/': [
    'src/emulator/operations/',
    'src/emulator/http/',
    'src/protocol/bytes.ts',
    'node:*',
  ],
  'src/emulator/': ['src/emulator/**'],
  'src/emulator/listen.ts': ['node:*'],

  // The browser client: nothing of the server but types of the ticket.
  'client/options.ts': ['type src/signer/ticket.ts'],
  'client/http/': ['type client/options.ts', 'type src/signer/ticket.ts'],
  'client/upload/': [
    'client/http/',
    'type client/options.ts',
    'type src/signer/ticket.ts',
    'src/protocol/crc64.ts',
    'src/protocol/crc64-engine.ts',
  ],
  // Clients of runtimes that are no browsers. The platform's own object is handed in.
  'client/mini/': [
    'client/upload/',
    'client/http/',
    'type client/options.ts',
    'type src/signer/ticket.ts',
  ],
  'client/element/': ['client/upload/', 'client/http/', 'type client/options.ts'],
  'client/element/picture.ts': ['type src/signer/ticket.ts'],
  'client/transform/': ['client/upload/load-media-type.ts'],
  'client/element/react.ts': ['type react'],
  'client/element/vue.ts': ['type vue'],
  'client/element/svelte.ts': ['type svelte'],
  'client/': [
    'client/element/',
    'client/transform/',
    'client/upload/',
    'client/http/',
    'type client/options.ts',
    'type src/signer/ticket.ts',
  ],
  'client/react.ts': ['react'],
  'client/vue.ts': ['vue'],
  'client/svelte.ts': ['svelte'],
  'client/solid.ts': ['solid-js'],
  'client/uppy.ts': ['type @uppy/core'],
  // It measures at the transport.
  'client/demo/': ['client/', 'client/element/', 'client/http/', 'client/demo/ways/'],
  'client/demo/ways/': ['client/'],
  'client/demo/ways/mount-ways.ts': ['@uppy/locales', 'type @uppy/core'],
  'client/demo/ways/react.tsx': ['react-dom'],
  'client/demo/ways/uppy.ts': ['@uppy/core', '@uppy/dashboard'],
  'client/examples/': ['oss-upcall'],
  'client/examples/react.tsx': ['react'],
  'client/examples/vue.vue': ['vue'],

  // The service's routes for other services: types alone of what the service checks.
  'src/api/': ['src/signer/read-text.ts'],
  'src/api/bodies.ts': ['valibot'],
  'src/api/types.ts': [
    'type valibot',
    'type src/service/find-stored.ts',
    'type src/service/operator.ts',
    'type src/service/upload-requests.ts',
  ],

  // What a user runs, and the names of the package.
  'src/entry/bullmq/': ['src/service/delivery/'],
  'src/entry/bullmq/engine.ts': ['type bullmq'],
  'src/entry/bullmq/job.ts': ['type bullmq'],
  'src/entry/bullmq/redis.ts': ['ioredis'],
  'src/entry/bullmq/postgres.ts': ['pg'],
  'src/entry/': [
    'src/oss/',
    'src/entry/bullmq/',
    'src/credentials/',
    'src/service/',
    'src/service/errors.ts',
    'src/service/delivery/',
    'src/signer/',
    'src/protocol/',
  ],
  'src/entry/doctor/check-webhook.ts': ['src/webhook/'],
  'src/entry/doctor/command.ts': ['node:*'],
  'src/entry/doctor/node-ports.ts': ['node:*'],
  'src/entry/doctor/own-parts.ts': ['node:*'],
  'src/entry/emulator-command.ts': ['src/emulator/**', 'node:*'],
  'src/entry/env-files.ts': ['node:*'],
  'src/entry/init-command.ts': ['node:*'],
  'src/entry/init-flags.ts': ['node:*'],
  'src/entry/own-package.ts': ['node:*'],
  'src/entry/put-command.ts': ['node:*'],
  'src/entry/serve-command.ts': ['node:*'],
  'src/entry/start-node.ts': ['node:*'],
  'src/entry/starter.ts': ['node:*'],
  'src/entry/operator-commands.ts': ['node:*'],
  'src/entry/client-files.ts': ['node:*'],
  'src/entry/node-handler.ts': ['type node:http', '@hono/node-server'],
  'src/entry/node-server.ts': ['node:*', '@hono/node-server'],
  'src/entry/metrics-server.ts': ['type node:http'],
  'src/entry/open-observability.ts': ['type node:http'],
  'src/entry/opentelemetry.ts': ['@opentelemetry/api'],
  'src/entry/prometheus.ts': ['prom-client'],
  'src/entry/node-rate-limiters.ts': ['ioredis'],
  'src/entry/sqlite-file.ts': ['node:*', 'type node:sqlite'],
  'src/entry/node-sql.ts': ['type node:sqlite'],
  'src/entry/outbox-bullmq.ts': ['bullmq'],
  'src/entry/outbox-sqlite.ts': ['node:*'],
  'src/': [
    'src/oss/',
    'src/entry/client-files.ts',
    'src/entry/config.ts',
    'src/entry/node-handler.ts',
    'src/service/',
    'src/service/errors.ts',
    'src/service/delivery/',
    'src/signer/',
    'type src/protocol/signing-key.ts',
    'src/protocol/callback-message.ts',
    'src/protocol/callback-verify.ts',
  ],

  // Never shipped.
  'src/dev/': [
    'src/emulator/**',
    'src/service/**',
    'src/webhook/',
    'src/signer/',
    'src/protocol/',
    'node:*',
  ],
  'src/dev/docs/theme/home.vue': ['vitepress'],
  'src/dev/docs/theme/sidebar-group.vue': ['vitepress', 'vue'],
  'src/dev/build-client.ts': ['rolldown'],
  'src/dev/openapi/build.ts': ['node:*'],
  'src/dev/openapi/page.ts': ['node:*'],
  'src/dev/openapi/schemas.ts': ['src/api/bodies.ts', '@valibot/to-json-schema', 'type valibot'],
  'src/dev/demo-application.ts': ['hono'],
  'src/dev/demo-events.ts': ['hono'],
  'src/dev/demo-faults.ts': ['hono'],
  'src/dev/demo-page.ts': ['client/demo/'],
  'src/dev/demo-routes.ts': ['hono', 'jose'],
  'src/dev/demo-scripts.ts': ['esbuild'],
  'src/dev/image-processor.ts': ['sharp'],
  'src/dev/server.ts': ['@hono/node-server'],
}

/**
 * Files that serve requests, each by itself: those that one file imports from its own folder, by the names of what they
 * export. No such file imports another.
 */
export const NEIGHBOURS: readonly { listedIn: string; names: RegExp }[] = [
  { listedIn: 'src/emulator/operations/routes.ts', names: /./ },
  { listedIn: 'src/service/app.ts', names: /^create(?!Problem|NotFound)\w*Handlers?$/ },
]
