/**
 * The limits of OSS that signer and service keep to, each once, with its unit and its source. The local OSS has its
 * own copies: it must not agree with the signer by sharing a mistake.
 */

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/**
 * Seven days: the longest life of a V4 signature.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/add-signatures-to-urls
 */
export const MAX_SIGNATURE_SECONDS = 604_800

/**
 * Twelve hours: the longest life of a signature made with an STS token, which is the longest life of the token.
 *
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export const MAX_SIGNATURE_SECONDS_WITH_TOKEN = 43_200

/**
 * Bytes of UTF-8 in an object key.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions
 */
export const MAX_KEY_BYTES = 1023

/**
 * 5 GiB: the largest object that one PutObject or PostObject makes.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
 */
export const MAX_SINGLE_BYTES = 5 * GIB

/**
 * 100 KiB, for every part but the last; checked by OSS at CompleteMultipartUpload.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/multipart-upload
 */
export const MIN_PART_BYTES = 100 * KIB

/** 5 GiB. @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart */
export const MAX_PART_BYTES = 5 * GIB

/** Parts of one upload. @see https://www.alibabacloud.com/help/en/oss/developer-reference/uploadpart */
export const MAX_PARTS = 10_000

/** 53.7 TB, which the manual calls 48.8 TB: 10 000 parts of 5 GiB. */
export const MAX_MULTIPART_BYTES = MAX_PARTS * MAX_PART_BYTES

/**
 * Bytes of a form field's name and of its value; longer ones are refused with `FieldItemTooLong`.
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/postobject
 */
export const MAX_FORM_FIELD_NAME_BYTES = 8 * KIB
export const MAX_FORM_FIELD_VALUE_BYTES = 2 * MIB

/**
 * Characters of Base64 in `callback` and in `callback-var`, each (EC 0007-00000001, 0007-00000101).
 *
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback
 */
export const MAX_CALLBACK_CHARS = 5 * KIB

/** URLs that OSS tries one after the other. @see https://www.alibabacloud.com/help/en/oss/developer-reference/callback */
export const MAX_CALLBACK_URLS = 5

/**
 * Bytes of all `x-oss-meta-*` headers of an object together, names included.
 *
 * @see https://www.alibabacloud.com/help/en/oss/user-guide/manage-object-metadata-10
 */
export const MAX_METADATA_BYTES = 8 * KIB
