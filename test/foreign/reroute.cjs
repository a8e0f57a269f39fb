/**
 * Preloaded into a foreign test suite: connections to `*.aliyuncs.com` go to the local OSS on `UPCALL_FOREIGN_PORT`,
 * those over TLS too, as plain HTTP. The suite itself stays unchanged, and nothing leaves this machine.
 */
const net = require('node:net')
const tls = require('node:tls')

const port = Number(process.env.UPCALL_FOREIGN_PORT)
const isOss = (host) => /(^|\.)aliyuncs\.com$/.test(host ?? '')

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function connectLocally(...args) {
  // Node passes its own normalised arguments as a list: [options, callback].
  const [options] = Array.isArray(args[0]) ? args[0] : args
  if (typeof options === 'object' && options !== null && isOss(options.host ?? options.hostname)) {
    Object.assign(options, { host: '127.0.0.1', port })
    delete options.path
  }
  return connect.apply(this, args)
}

const connectTls = tls.connect
tls.connect = (...args) => {
  const [options] = args
  const host = options?.host ?? options?.servername
  return isOss(host) ? net.connect({ host: '127.0.0.1', port }) : connectTls(...args)
}
