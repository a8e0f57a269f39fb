/** The bodies by their names in the document, as JSON Schema. */
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import * as bodies from '../../api/bodies.ts'
import { storedRequest } from '../../service/find-stored.ts'
import { replayRequest, sweepRequest } from '../../service/operator.ts'
import { textTable } from '../../service/schemas.ts'
import {
  confirmRequest,
  MAX_UPLOADS,
  partsRequest,
  sessionRequest,
  uploadRequest,
} from '../../service/upload-requests.ts'
import { type Json, ref } from './json.ts'

/** Checks that JSON Schema has no word for are in the descriptions. */
const CONVERSION: ConversionConfig = {
  errorMode: 'ignore',
  typeMode: 'input',
  overrideSchema: ({ valibotSchema }) =>
    valibotSchema === textTable
      ? { type: 'object', additionalProperties: { type: 'string' } }
      : undefined,
}

function convert(schema: GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, CONVERSION)
  return rest as Json
}

export const SCHEMAS: Readonly<Record<string, Json>> = {
  UploadRequest: convert(uploadRequest),
  UploadListRequest: {
    type: 'object',
    properties: {
      uploads: { type: 'array', minItems: 1, maxItems: MAX_UPLOADS, items: ref('UploadRequest') },
    },
    required: ['uploads'],
    additionalProperties: false,
  },
  PartsRequest: convert(partsRequest),
  SessionRequest: convert(sessionRequest),
  ConfirmRequest: convert(confirmRequest),
  StoredUploadRequest: convert(storedRequest),
  ReplayRequest: convert(replayRequest),
  SweepRequest: convert(sweepRequest),
  FormTicket: convert(bodies.formTicket),
  PutTicket: convert(bodies.putTicket),
  MultipartTicket: convert(bodies.multipartTicket),
  Ticket: { oneOf: [ref('FormTicket'), ref('PutTicket'), ref('MultipartTicket')] },
  TicketList: {
    type: 'object',
    properties: {
      tickets: { type: 'array', items: { oneOf: [ref('Ticket'), ref('ErrorResponse')] } },
    },
    required: ['tickets'],
    additionalProperties: false,
  },
  PartWindow: convert(bodies.partWindow),
  UploadState: convert(bodies.uploadState),
  StoredUpload: convert(bodies.storedUpload),
  OwnObjectPage: convert(bodies.ownObjectPage),
  OwnObjectUrl: convert(bodies.ownObjectUrl),
  ErrorResponse: convert(bodies.errorResponse),
  Deliveries: convert(bodies.deliveries),
  DeadPage: convert(bodies.deadPage),
  Replayed: convert(bodies.replayed),
  SweepReport: convert(bodies.sweepReport),
  Health: convert(bodies.health),
  Readiness: convert(bodies.readiness),
  Receipt: convert(bodies.receipt),
  UploadEvent: convert(bodies.uploadEvent),
}
