/** `oss-upcall/api`: the service's routes for other TypeScript services, by hand-listed names. */

export type { ApiClientOptions, ApiHeaders } from './call.ts'
export { type ApiClient, createApiClient } from './client.ts'
export { ApiError, type ApiErrorCode } from './errors.ts'
export type {
  ConfirmRequest,
  DeadPage,
  Deliveries,
  ErrorResponse,
  FormTicket,
  Health,
  MultipartTicket,
  OwnObjectPage,
  OwnObjectUrl,
  PartsRequest,
  PartWindow,
  PutTicket,
  Readiness,
  Receipt,
  Replayed,
  ReplayRequest,
  SessionRequest,
  StoredUpload,
  StoredUploadRequest,
  SweepReport,
  SweepRequest,
  Ticket,
  TicketList,
  UploadEvent,
  UploadRequest,
  UploadState,
} from './types.ts'
