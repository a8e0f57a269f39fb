/**
 * Switches for behaviour of OSS that neither its manual nor observation establishes. The default is the stricter
 * variant, unless clients that work with OSS are known to rely on the other.
 */
export interface Unconfirmed {
  /** A V4 URL's query may say `x-oss-callback` for `callback`. @default false: such a parameter does nothing */
  queryCallbackAlias: boolean
  /** Space in a value of a form-encoded callback body. @default '%20' */
  formSpace: '%20' | '+'
  /** Characters above U+007F inside the JSON strings of a callback body. @default 'plain' */
  jsonNonAscii: 'plain' | 'escaped'
  /** A variable without a value in a JSON callback body: unknown `${name}`, `x:` not supplied, `vpcId`. @default 'null' */
  jsonAbsent: 'null' | 'empty'
  /** `${imageInfo.…}` of a file that is not an image, in a JSON callback body. @default 'empty', which makes a bare number invalid JSON */
  jsonAbsentImageInfo: 'null' | 'empty'
  /** `${operation}` in the callback of a form upload. @default 'PostObject' */
  formOperation: 'PostObject' | 'PutObject'
  /** Longest response of a callback server: the manual says both 1 MB and 3 MB. @default 1_000_000 bytes */
  callbackResponseMaxBytes: number
  /** Status of a form upload whose callback succeeded. @default 'callback': 200; else what `success_action_*` asks for, if that is 200 or 201 */
  formCallbackStatus: 'callback' | 'success-action'
  /** Status of `success_action_redirect`. @default 303 with `bucket`, `key`, `etag` in the query */
  redirectStatus: 302 | 303 | 307
  /** A form may send the variables in a Base64 field `callback-var`. @default false: only `x:` fields count */
  formCallbackVarField: boolean
  /**
   * Form fields that are refused when no condition of the policy names them. Only the V4 fields are known to be
   * refused, and many working pages send `callback` or `success_action_status` without a condition. @default 'v4-fields'
   */
  extraFormFields: 'v4-fields' | 'all'
  /**
   * Names in `callback-var` that do not begin with `x:`. The manual says that all must, but its page of EC
   * 0007-00000104 names only values that are not text, and the tests of oss2 send such names. @default 'ignore'
   */
  foreignCallbackVars: 'ignore' | 'refuse'
  /** Field names of forms are told apart by case. @default false: the manual says both */
  formFieldCase: boolean
  /** `starts-with` with an empty prefix passes for a field that the form lacks. @default false */
  emptyPrefixAllowsMissing: boolean
  /** When a form policy's expiry is tested. @default 'start-and-end' of the file, so a slow upload may fail */
  policyExpiry: 'start-and-end' | 'start'
  /** `SignatureDoesNotMatch` also carries `CanonicalRequestBytes`. @default false */
  canonicalRequestBytes: boolean
  /** CORS headers on error responses. @default true: known pages read OSS's error codes */
  corsHeadersOnErrors: boolean
  /** `Access-Control-Allow-Origin` when the rule says `*`. @default '*' */
  corsAnyOrigin: '*' | 'echo'
  /**
   * A callback host that cannot be resolved: refused before storing (400), or a failed callback after it (203). Both
   * are described; the tests of oss2 expect 203. @default 'fail'
   */
  unresolvableCallbackHost: 'refuse' | 'fail'
}

export const defaultUnconfirmed: Unconfirmed = {
  queryCallbackAlias: false,
  formSpace: '%20',
  jsonNonAscii: 'plain',
  jsonAbsent: 'null',
  jsonAbsentImageInfo: 'empty',
  formOperation: 'PostObject',
  callbackResponseMaxBytes: 1_000_000,
  formCallbackStatus: 'callback',
  redirectStatus: 303,
  formCallbackVarField: false,
  foreignCallbackVars: 'ignore',
  extraFormFields: 'v4-fields',
  formFieldCase: false,
  emptyPrefixAllowsMissing: false,
  policyExpiry: 'start-and-end',
  canonicalRequestBytes: false,
  corsHeadersOnErrors: true,
  corsAnyOrigin: '*',
  unresolvableCallbackHost: 'fail',
}
