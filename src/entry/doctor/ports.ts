/** What the doctor needs of the world, as ports: tests plant faults in each. */

export interface TlsOptions {
  /** Whom the certificate must be for. */
  host: string
  /** Where to connect. */
  address: string
  port: number
  /** Whether the handshake names the host (SNI). */
  withName: boolean
}

export type TlsResult =
  /** @param validTo end of the certificate */
  | { kind: 'ok'; validTo: Date }
  /** @param code of Node, e.g. `CERT_HAS_EXPIRED` */
  | { kind: 'failed'; code: string }

export interface DoctorPorts {
  fetch: typeof fetch
  /** Addresses of a host name. Throws an error with a `code`, as Node's DNS does. */
  resolve(host: string): Promise<string[]>
  /** A handshake with the machine's certificate authorities, nothing more. */
  connectTls(options: TlsOptions): Promise<TlsResult>
  now(): Date
  /** 22 characters of Base64url. */
  newId(): string
}
