/** Who asks, and which service is asked: sessions of others are refused, also with the same secret. */
export interface SessionOwner {
  /** From the bearer token of the same request. */
  subject: string
  /** `iss` of the bearer token: equal subjects of two issuers are two people. */
  issuer: string
  bucket: string
  deployment: string
}
