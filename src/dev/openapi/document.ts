/**
 * `/openapi.json`: the service's routes as OpenAPI 3.1. It is made when the package is built and served as a file beside the
 * client, so that the Worker carries none of it.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
import { ref } from './json.ts'
import { PATHS } from './paths.ts'
import { SCHEMAS } from './schemas.ts'

export function buildOpenApi(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Upcall',
      version,
      summary: 'Direct uploads to Alibaba Cloud OSS with verified callbacks.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where the service is mounted.' }],
    paths: PATHS,
    webhooks: {
      uploadEvent: {
        post: {
          operationId: 'uploadEvent',
          summary: 'What the service sends to UPCALL_WEBHOOK_URL, signed as Standard Webhooks.',
          security: [],
          requestBody: {
            required: true,
            content: { 'application/cloudevents+json': { schema: ref('UploadEvent') } },
          },
          responses: {
            200: { description: 'It is delivered; JSON becomes the page’s response.' },
            410: { description: 'No further attempt until an operator replays it.' },
          },
        },
      },
    },
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        userToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        operatorToken: { type: 'http', scheme: 'bearer', description: 'UPCALL_OPERATOR_TOKEN' },
        metricsToken: { type: 'http', scheme: 'bearer', description: 'UPCALL_METRICS_TOKEN' },
        ossSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          description: 'OSS’s RSA signature over path, query and body.',
        },
      },
    },
  }
}
