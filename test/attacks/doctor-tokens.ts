/** Attacks by what `upcall doctor` says to the service: the token that asks what arrived, and the profile of its upload. */
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { DOCTOR_HEADER, DOCTOR_PROFILE, signDoctorToken } from '../../src/signer/doctor-probe.ts'
import { createSecrets } from '../../src/signer/token.ts'
import { UPCALL_SECRET } from '../support/keys.ts'
import type { Attack, Scene } from './attack.ts'

const SIGNATURE = '403 CALLBACK_SIGNATURE'
/** Seconds: the life of a token, and one more. */
const TOO_LATE = 301

function signNothing(now: Date): string {
  const claims = { v: 1, e: Math.floor(now.getTime() / 1000) + 60 }
  return `${toBase64Url('{"alg":"none","typ":"upcall-doctor"}')}.${toBase64Url(JSON.stringify(claims))}.`
}

/** A row that asks the service what arrived. */
function ask(
  id: string,
  who: Attack['who'],
  tries: string,
  createToken: (scene: Scene) => string | Promise<string>,
): Attack {
  return {
    ...{ id, who, tries, meets: SIGNATURE },
    async run(scene) {
      const headers = { [DOCTOR_HEADER]: await createToken(scene) }
      return scene.request('/callbacks/oss', { method: 'POST', headers, body: 'a=b' })
    },
  }
}

export const DOCTOR_TOKENS: readonly Attack[] = [
  ask(
    'doctor-forged',
    'stranger',
    'asks what arrives of a request, with a doctor’s token under a secret of their own',
    (scene) =>
      signDoctorToken(createSecrets('a-secret-of-their-own-with-32-characters'), scene.clock.now()),
  ),
  ask('doctor-unsigned', 'stranger', 'the same with `alg: none`', (scene) =>
    signNothing(scene.clock.now()),
  ),
  ask(
    'doctor-session',
    'user',
    'the same with the session of an upload, which the service’s secret signed',
    async (scene) => (await scene.orderForm()).session,
  ),
  ask(
    'doctor-old',
    'stranger',
    'the same with a doctor’s token that was overheard, after its five minutes',
    (scene) => {
      const token = signDoctorToken(createSecrets(UPCALL_SECRET), scene.clock.now())
      scene.clock.advance(TOO_LATE)
      return token
    },
  ),
  {
    id: 'doctor-profile',
    who: 'user',
    tries: 'orders a ticket under the profile of the doctor’s test upload',
    meets: '400 PROFILE_UNKNOWN',
    run: (scene) =>
      scene.post('/uploads', {
        profile: DOCTOR_PROFILE,
        name: 'a.txt',
        type: 'text/plain',
        size: 5,
      }),
  },
]
