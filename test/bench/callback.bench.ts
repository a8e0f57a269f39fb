/** The verification of a callback against RSA-MD5 alone. */
import { verify } from 'node:crypto'
import { toBase64, toUtf8 } from '../../src/protocol/bytes.ts'
import { buildCallbackStringToSign, verifyCallback } from '../../src/protocol/callback-verify.ts'
import { parsePublicKey } from '../../src/protocol/crypto.ts'
import { parsePrivateKey, signRsaMd5 } from '../../src/protocol/crypto-rsa-private.ts'
import { CALLBACK_KEY } from '../support/keys.ts'
import { compare } from './measure.ts'
import { printMicros, type Results } from './report.ts'
import * as sample from './samples.ts'

function createCallbacks() {
  const privateKey = parsePrivateKey(CALLBACK_KEY.privateKey)
  const target = '/callbacks/oss'
  return Array.from({ length: sample.VARIETY }, (_, at) => {
    const body = toUtf8(
      `bucket=${sample.BUCKET}&object=${at}&size=1000&${new URLSearchParams(sample.buildVars(at))}`,
    )
    const text = buildCallbackStringToSign(target, body) ?? body
    const signature = signRsaMd5(privateKey, text)
    const authorization = toBase64(signature)
    return { text, signature, message: { target, body, authorization } }
  })
}

export async function bench(): Promise<Results> {
  const publicKeys = { [CALLBACK_KEY.url]: CALLBACK_KEY.publicKey }
  const publicKeyUrl = toBase64(CALLBACK_KEY.url)
  const callbacks = createCallbacks()
  const [nextOurs, nextBare] = [sample.inTurn(callbacks), sample.inTurn(callbacks)]
  const key = parsePublicKey(CALLBACK_KEY.publicKey)
  const verifications = await compare([
    {
      name: 'ours',
      run: () => verifyCallback({ ...nextOurs().message, publicKeyUrl }, { publicKeys }),
    },
    {
      name: 'bare',
      run: () => {
        const { text, signature } = nextBare()
        return verify('RSA-MD5', text, key, signature)
      },
    },
  ])
  return {
    rows: [
      {
        what: '`verifyCallback`',
        against: '`crypto.verify` alone',
        ours: printMicros(verifications.median('ours')),
        theirs: printMicros(verifications.median('bare')),
        ratio: verifications.ratio('ours', 'bare'),
        unit: '× the cost',
        goal: { most: 1.5 },
      },
    ],
    extras: [],
    profiles: [],
  }
}
