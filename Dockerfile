# syntax=docker/dockerfile:1
# The service on Node. Settings are environment variables: .env.example explains each.
#
#   docker build --tag oss-upcall .
#   docker run --env-file .env --publish 8787:8787 --volume upcall-data:/data --read-only oss-upcall
#
# The same image is the local OSS: docker run oss-upcall node dist/src/entry/cli.js emulator --help
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY client ./client
RUN npm run build

# What runs: the dependencies, and what the settings may ask for, all in the versions of the lock file that the tests use.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN node --eval "const m = JSON.parse(fs.readFileSync('package.json')); for (const name of ['bullmq', 'ioredis', 'pg', 'prom-client', '@opentelemetry/api']) { m.dependencies[name] = m.devDependencies[name]; delete m.devDependencies[name] } fs.writeFileSync('package.json', JSON.stringify(m))" \
 && npm ci --omit=dev --omit=peer --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 UPCALL_DATA=/data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# The outbox on SQLite. It needs a volume: what is in it must outlive the container.
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8787
# On SIGTERM the service ends what was begun, within 15 s; `docker stop` waits for 10 unless told.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/entry/node.js"]
