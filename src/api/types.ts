/** What the service takes and responds, as types of the schemas that `/openapi.json` is made of. */
import type { InferInput, InferOutput } from 'valibot'
import type { storedRequest } from '../service/find-stored.ts'
import type { replayRequest, sweepRequest } from '../service/operator.ts'
import type {
  confirmRequest,
  partsRequest,
  sessionRequest,
  uploadRequest,
} from '../service/upload-requests.ts'
import type * as bodies from './bodies.ts'

export type UploadRequest = InferInput<typeof uploadRequest>
export type PartsRequest = InferInput<typeof partsRequest>
export type SessionRequest = InferInput<typeof sessionRequest>
export type ConfirmRequest = InferInput<typeof confirmRequest>
export type StoredUploadRequest = InferInput<typeof storedRequest>
export type ReplayRequest = InferInput<typeof replayRequest>
export type SweepRequest = InferInput<typeof sweepRequest>

export type FormTicket = InferOutput<typeof bodies.formTicket>
export type PutTicket = InferOutput<typeof bodies.putTicket>
export type MultipartTicket = InferOutput<typeof bodies.multipartTicket>
export type Ticket = FormTicket | PutTicket | MultipartTicket
export type ErrorResponse = InferOutput<typeof bodies.errorResponse>
export type TicketList = { tickets: (Ticket | ErrorResponse)[] }
export type PartWindow = InferOutput<typeof bodies.partWindow>
export type UploadState = InferOutput<typeof bodies.uploadState>
export type StoredUpload = InferOutput<typeof bodies.storedUpload>
export type OwnObjectPage = InferOutput<typeof bodies.ownObjectPage>
export type OwnObjectUrl = InferOutput<typeof bodies.ownObjectUrl>
export type Deliveries = InferOutput<typeof bodies.deliveries>
export type DeadPage = InferOutput<typeof bodies.deadPage>
export type Replayed = InferOutput<typeof bodies.replayed>
export type SweepReport = InferOutput<typeof bodies.sweepReport>
export type Health = InferOutput<typeof bodies.health>
export type Readiness = InferOutput<typeof bodies.readiness>
export type Receipt = InferOutput<typeof bodies.receipt>
export type UploadEvent = InferOutput<typeof bodies.uploadEvent>
