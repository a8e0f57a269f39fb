/** tenants.ts: each tenant has a prefix of its own and so many bytes; the token says who is whose. */
import { createService, type Service, type ServiceOptions } from 'oss-upcall'

export interface Tenants {
  /** What the tenant may still store, bytes. */
  countBytesLeft(tenant: string): Promise<number>
  /** Adds the file, unless its id is there: an event may come twice. */
  addFile(tenant: string, file: { id: string; key: string; size: number }): Promise<void>
}

export function createTenantUploads(
  settings: Omit<ServiceOptions, 'profiles' | 'onReceipt' | 'onBeforeUpload'>,
  tenants: Tenants,
): Service {
  return createService({
    ...settings,
    profiles: {
      document: {
        // A claim of the verified token: no page can choose it.
        key: 'tenants/{claim.tenant}/{sub}/{id}.{ext}',
        types: ['application/pdf', 'image/*'],
        minSize: 1,
        maxSize: 50_000_000,
      },
    },
    async onBeforeUpload({ claims, file }) {
      const tenant = String(claims.tenant)
      if (file.size > (await tenants.countBytesLeft(tenant))) {
        return { allow: false, code: 'TENANT_FULL', message: 'The storage of your team is full.' }
      }
      // Comes back in the receipt. The profile lists no `vars`, so that no page can send one.
      return { allow: true, vars: { tenant } }
    },
    async onReceipt({ id, key, size, vars: { tenant = '' } }) {
      await tenants.addFile(tenant, { id, key, size })
      return { id }
    },
  })
}
