/**
 * Keys of the tests: fixed, worthless, and easy to find in a text where they must not be.
 */
export const ACCESS_KEY = {
  accessKeyId: 'LTAItestaccesskeyid0',
  accessKeySecret: 'PLANTED-access-key-secret-0001',
}

export const UPCALL_SECRET = 'PLANTED-upcall-secret-of-at-least-32-bytes'
export const JWT_SECRET = 'PLANTED-jwt-secret-of-at-least-32-bytes-too'

/** What no log, error or response may contain. */
export const PLANTED = [ACCESS_KEY.accessKeySecret, UPCALL_SECRET, JWT_SECRET]

export const JWT_ISSUER = 'https://login.example.com'
export const JWT_AUDIENCE = 'upcall'

/** 512 bits like the key of OSS itself, so that every runtime proves that it can verify such a one. */
export const CALLBACK_KEY = {
  url: 'https://keys.example.com/callback.pem',
  publicKey: `-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAOLFdhKFW/NT7CqZXMrxVyeTnIGHIx54
lSLrNrDbl/uudgOzEC6cTrE0ra/PeuVSaq6ZMq2DCqF3D+IAHA6I72sCAwEAAQ==
-----END PUBLIC KEY-----
`,
  privateKey: `-----BEGIN PRIVATE KEY-----
MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEA4sV2EoVb81PsKplc
yvFXJ5OcgYcjHniVIus2sNuX+652A7MQLpxOsTStr8965VJqrpkyrYMKoXcP4gAc
DojvawIDAQABAkBf+OG3hOkdWe8hODalTO5tuXMK/n5GbxHu7U0AHG99+9PPkJB+
XFQxCuRWNU0tbMFRdYFHoEHSbzoQzdNKXicBAiEA9HFw5j4xdci073/y2LLqsjtF
8VUflFPSav1w5Yx+YzsCIQDtfiJDyu+76ekPxNqb0lKdOGmaa/EScrNe0btBzbaB
kQIhAJdQ9fuBOmrYILE1eiYMs147dPOMpyzRqqrSUqW2j7JrAiB9VSWMFVrzFnyS
f9bGiPZkVlMU1YZBsBqNHa3vCjsYoQIhALFZZcsD19Ept/JuBlisEOYz/vhAbe+G
8RS+e4Ba8ida
-----END PRIVATE KEY-----
`,
}
