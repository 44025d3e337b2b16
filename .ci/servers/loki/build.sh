#!/bin/bash
# Builds Loki as one static program: build.sh OUTPUT_FILE. Cold about 5 minutes on 2 idle cores, 20 s with a warm Go build cache.
set -euo pipefail
output=$(realpath "$1")
cd "$(dirname "$0")"
version=$(awk '$1 == "require" { print $3 }' go.mod)
CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=readonly go build -trimpath \
  -ldflags="-s -w -X github.com/grafana/loki/v3/pkg/util/build.Version=${version#v}" \
  -o "$output.partial" github.com/grafana/loki/v3/cmd/loki
mv "$output.partial" "$output"   # whoever finds the file finds all of it
