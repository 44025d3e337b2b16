#!/bin/bash
# Builds what a Kubernetes of one node is made of, besides the kubelet of ../kubelet: build.sh OUTPUT_DIR makes
# OUTPUT_DIR/{etcd,kube-apiserver,kube-controller-manager,kube-scheduler,kube-proxy,kubectl}.
# Cold about 10 minutes on 2 idle cores, 4 after the kubelet's build.
set -euo pipefail
output=$(realpath "$1")
cd "$(dirname "$0")"
partial=$output.partial
rm -rf "$partial"
mkdir -p "$partial"
export CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=readonly

build_kubernetes() {
  local version minor program package=k8s.io/component-base/version
  version=$(awk '$1 == "require" { print $3 }' go.mod)
  minor=${version#v1.}
  # One after the other, for memory's sake.
  for program in kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubectl; do
    go build -trimpath -o "$partial/$program" -ldflags="-s -w -X $package.gitVersion=$version -X $package.gitMajor=1 \
      -X $package.gitMinor=${minor%.*} -X $package.gitTreeState=clean" "k8s.io/kubernetes/cmd/$program"
  done
}

build_kubernetes
go build -C etcd -trimpath -ldflags='-s -w' -o "$partial/etcd" go.etcd.io/etcd/server/v3
rm -rf "$output"
mv "$partial" "$output"   # whoever finds the directory finds all of it
