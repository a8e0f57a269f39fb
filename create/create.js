#!/usr/bin/env node
/** `npm create oss-upcall [folder]`: the command `upcall init --template` of the package oss-upcall. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const args = process.argv.slice(2)
const isNamed = args.some((arg) => /^--template(=|$)/.test(arg))
// At the end and without a name: the command asks which.
process.argv.splice(2, args.length, 'init', ...args, ...(isNamed ? [] : ['--template']))

const manifest = createRequire(import.meta.url).resolve('oss-upcall/package.json')
await import(new URL('dist/src/entry/cli.js', pathToFileURL(manifest)).href)
