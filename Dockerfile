# The image of the agent: Node and a few files of JavaScript with every library in them.
# Any builder will do (BuildKit or the classic one): docker build --tag logferry --build-arg VERSION=0.1.0 .

FROM node:26-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run build && npm run --silent sbom >dist/sbom.cdx.json

# Nothing below runs a command: the shell of the base is never used, and a base without one does as well (CI has such a one).
FROM node:26-bookworm-slim
ARG VERSION=unknown
LABEL org.opencontainers.image.title="logferry" \
      org.opencontainers.image.description="Node-level Kubernetes log shipping agent: every container log of a node into Loki" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
ENV NODE_ENV=production
WORKDIR /opt/logferry
# package.json says that dist/ holds ES modules.
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/dist dist
# Container logs belong to root and are closed to everyone else. Being root is all that reading them takes: no capability,
# no writable root file system (manifests/base/daemonset.yaml takes both away).
USER 0:0
EXPOSE 9095
ENTRYPOINT ["node", "/opt/logferry/dist/logferry.js"]
CMD ["run", "--config", "/etc/logferry/config.yaml"]
