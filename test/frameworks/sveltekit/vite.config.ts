import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

// OSS's callbacks are POSTs of a form, without an `Origin`: SvelteKit's check would refuse them.
const csrf = { trustedOrigins: ['*'] }

export default defineConfig({ plugins: [sveltekit({ adapter: adapter(), csrf })] })
