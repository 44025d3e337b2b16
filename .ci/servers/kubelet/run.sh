#!/bin/bash
# Runs a kubelet and Debian's containerd on a node of their own: new network, mount and pid namespaces, no API server, the pods
# that stand in a directory. Nothing of the machine is changed, and when the standard input of this script ends, which it also
# does with whoever started it, kubelet, containers and mounts are gone with the namespaces.
# Needs root and the Debian packages containerd, runc, iproute2.
# usage: run.sh DIR KUBELET IMAGES     (the two that build.sh makes; none of them below /run, /var/lib or /var/log)
#   DIR/manifests              static pods: write a file whose name begins with a dot, then rename it
#   DIR/pods, DIR/containers   what a node has in /var/log; its paths hold outside too
#   DIR/*.log                  what the servers say
# env: LOG_MAX_SIZE, LOG_MAX_FILES, LOG_INTERVAL (the kubelet's containerLogMaxSize, -MaxFiles, -MonitorInterval)
# Prints `ready`. Then, on its standard input, `down` kills the kubelet as SIGKILL does and `up` starts it again; each is answered
# by its own name. Containers go on meanwhile.
set -euo pipefail
# shellcheck source=../private-node.sh
source "$(dirname "$(realpath "$0")")/../private-node.sh"

outside() {
  mkdir -p "$1"
  node_dir=$(realpath "$1")
  export node_dir
  : >"$node_dir/containers.left"
  trap remove_cgroups EXIT
  unshare --net --mount --pid --fork --kill-child --mount-proc -- "$0" "$@"
}

# Those of containers that were running: they belong to no namespace, and are empty by now.
remove_cgroups() {
  local id
  while read -r id; do
    find /sys/fs/cgroup -depth -type d -path "*/k8s.io/$id*" -exec rmdir {} +
  done <"$node_dir/containers.left"
}

inside() {
  kubelet_program=$(realpath "$2")
  ip link set lo up
  make_mounts
  start_containerd
  containers images import "$(realpath "$3")" >/dev/null
  write_kubelet_config
  start_kubelet
  until listening 10248; do   # /healthz: static pods are looked at from now on
    if ! kill -0 "$kubelet" 2>/dev/null; then give_up kubelet; fi
    sleep 0.1
  done
  echo ready
  obey
  containers containers list --quiet >"$node_dir/containers.left"
}

# State that nobody outside has to see lives in memory that belongs to the mount namespace; the logs do not.
make_mounts() {
  local path
  mkdir -p "$node_dir"/{manifests,pods,containers}
  for path in /run /var/lib /var/log; do mount -t tmpfs -o mode=0755 node "$path"; done
  mkdir -p /var/lib/kubelet/plugins /var/log/containers
  mount --bind "$node_dir/containers" /var/log/containers
  hide_kernel_switches
}

start_containerd() {
  containerd_config >/run/containerd.toml
  containerd --config /run/containerd.toml >"$node_dir/containerd.log" 2>&1 </dev/null &
  local containerd=$!
  until containers version >/dev/null 2>&1; do
    if ! kill -0 "$containerd" 2>/dev/null; then give_up containerd; fi
    sleep 0.1
  done
}

containers() {
  ctr --address /run/containerd.sock --namespace k8s.io "$@"
}

write_kubelet_config() {
  cat >/run/kubelet.yaml <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd.sock
staticPodPath: $node_dir/manifests
fileCheckFrequency: 1s
podLogsDir: $node_dir/pods
containerLogMaxSize: ${LOG_MAX_SIZE:-10Mi}
containerLogMaxFiles: ${LOG_MAX_FILES:-5}
containerLogMonitorInterval: ${LOG_INTERVAL:-10s}
crashLoopBackOff: { maxContainerRestartPeriod: 2s }
enableServer: false
authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }   # without a server nobody asks
authorization: { mode: AlwaysAllow }
registerNode: false
failSwapOn: false
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
resolvConf: ""
maxOpenFiles: $(ulimit -Hn)
oomScoreAdj: $(</proc/self/oom_score_adj)
evictionHard: { memory.available: 1Mi }
imageGCHighThresholdPercent: 100   # there is no registry to get an image back from
volumePluginDir: /var/lib/kubelet/plugins
YAML
}

start_kubelet() {
  "$kubelet_program" --config=/run/kubelet.yaml --hostname-override=node-1 >>"$node_dir/kubelet.log" 2>&1 </dev/null &
  kubelet=$!
}

listening() {
  (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

give_up() {
  echo "the $1 ended; its last words:" >&2
  tail -n 5 "$node_dir/$1.log" >&2
  exit 70
}

obey() {
  local command
  while read -r command; do
    case $command in
      down)
        kill -KILL "$kubelet"
        wait "$kubelet" 2>/dev/null || true
        ;;
      up) start_kubelet ;;
    esac
    echo "$command"
  done
}

# The one is the parent of the other, and the node's directory is what they agree on.
if [[ -z ${node_dir:-} ]]; then outside "$@"; else inside "$@"; fi
