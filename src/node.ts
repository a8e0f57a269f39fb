/**
 * `oss-upcall/node`: the service as a handler of Node's servers, and OSS's calls for servers.
 */
export { readClientFiles } from './entry/client-files.ts'
export { createNodeHandler, type NodeHandler } from './entry/node-handler.ts'
export type { OssClientOptions } from './oss/call.ts'
export { createOssClient, type FileUploadOptions, type OssClient } from './oss/client.ts'
export { OssError, type OssErrorCode } from './oss/errors.ts'
export type { MultipartOptions, PartProgress, UploadedPart } from './oss/multipart.ts'
export type {
  ListOptions,
  ObjectFacts,
  ObjectPage,
  SignedUrlOptions,
} from './oss/objects.ts'
export type { PutOptions } from './oss/put-object.ts'
export type { RetryNotice } from './oss/service-calls.ts'
export type { Data, StreamData } from './oss/source.ts'
export type { CallbackOptions, StoredResult } from './oss/stored.ts'
export { type UploadFileOptions, type UploadFileResult, uploadFile } from './oss/upload-file.ts'
