/**
 * The limits of OSS, each with its unit and its page of the manual. Limits of this program itself (buffers, XML
 * bodies) stand in the file that keeps them.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/limits
 */

/** Largest body of PutObject, PostObject and UploadPart: 5 GiB. @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject */
export const MAX_BODY_BYTES = 5 * 1024 ** 3

/** Longest object key, in UTF-8 bytes. @see https://www.alibabacloud.com/help/en/oss/user-guide/object-overview */
export const MAX_KEY_BYTES = 1023

/** All `x-oss-meta-*` headers of an object, names and values. @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject */
export const MAX_META_BYTES = 8192

/** Tags of an object, and their parts in UTF-8. @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobjecttagging */
export const MAX_TAGS = 10
export const MAX_TAG_KEY_BYTES = 128
export const MAX_TAG_VALUE_BYTES = 256

/** Keys of a DeleteMultipleObjects, and its XML: 2 MiB. @see https://www.alibabacloud.com/help/en/oss/developer-reference/deletemultipleobjects */
export const MAX_DELETED_KEYS = 1000
export const MAX_DELETE_XML_BYTES = 2 * 1024 * 1024

/** Smallest object that GetObject compresses: 1 KiB. @see https://www.alibabacloud.com/help/en/oss/developer-reference/getobject */
export const MIN_GZIP_BYTES = 1024

/** Highest part number; an upload has as many parts at most. @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart */
export const MAX_PART_NUMBER = 10_000

/** Smallest part but the last, checked by Complete: 100 KiB. @see https://www.alibabacloud.com/help/en/oss/developer-reference/completemultipartupload */
export const MIN_PART_BYTES = 102_400

/** Entries of a page of a listing. @see https://www.alibabacloud.com/help/en/oss/developer-reference/listparts */
export const MAX_LIST_ENTRIES = 1000
/** `max-keys` of a request that has none. @see https://www.alibabacloud.com/help/en/oss/developer-reference/listobjectsv2 */
export const DEFAULT_LIST_KEYS = 100

/** Bounds of `x-oss-traffic-limit`, in bit/s. @see https://www.alibabacloud.com/help/en/oss/user-guide/single-connection-bandwidth-throttling-5 */
export const MIN_TRAFFIC_BITS_PER_SECOND = 245_760
export const MAX_TRAFFIC_BITS_PER_SECOND = 838_860_800

/** Greatest difference between the clocks of client and server: 15 minutes. @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4 */
export const MAX_SKEW_MS = 900_000

/** Longest life of a V4 URL: 7 days; with a temporary key 12 hours. @see https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls */
export const MAX_EXPIRES_SECONDS = 604_800
export const MAX_EXPIRES_SECONDS_STS = 43_200

/** Greatest age of `x-oss-date` in a V4 form: 7 days. @see https://www.alibabacloud.com/help/en/oss/developer-reference/signature-version-4-recommend */
export const MAX_FORM_AGE_MS = MAX_EXPIRES_SECONDS * 1000

/** `callback` and `callback-var`, each as Base64. @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
export const MAX_CALLBACK_BYTES = 5 * 1024
/** URLs of one callback, separated by `;`. */
export const MAX_CALLBACK_URLS = 5
/** How long OSS waits for a callback server. */
export const CALLBACK_TIMEOUT_MS = 5000

/** Rules of a bucket, and the size of their XML. @see https://www.alibabacloud.com/help/en/oss/developer-reference/putbucketcors */
export const MAX_CORS_RULES = 10
export const MAX_CORS_XML_BYTES = 16 * 1024
