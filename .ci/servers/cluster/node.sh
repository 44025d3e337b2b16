# shellcheck shell=bash
# The node of .ci/with-cluster, before anything runs on it.
node_name=node-1
node_address=10.99.0.2
service_prefix=10.0.0   # of 10.0.0.0/24; the API server is .1
pod_network=10.244.0.0/24

# State lives in memory that belongs to the mount namespace: nothing to delete afterwards.
make_mounts() {
  local path
  mount --make-rshared /   # as on a node; nothing goes out, for this is a copy
  for path in /run /var/lib /var/log "$cluster_dir"; do mount -t tmpfs -o mode=0755 node "$path"; done
  mkdir -p /run/lock /var/lib/kubelet/plugins /var/log/{pods,containers} "$cluster_dir"/{pid,log,hold,pki,cni,static-pods}
  hide_kernel_switches
}

make_network() {
  ip link set lo up
  ip link add eth0 type veth peer name uplink
  ip address add "$node_address/24" dev eth0
  ip link set eth0 up
  ip link set uplink up
  # Routes are looked up before a service's address is translated, and there is no default route that would do.
  ip route add "$service_prefix.0/24" dev eth0
}

# One of its own in each hierarchy of cgroup v1, or in the one of v2: removed as a whole afterwards.
make_cgroups() {
  local hierarchy
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    mkdir "/sys/fs/cgroup/$cgroup"
    return
  fi
  for hierarchy in /sys/fs/cgroup/*/; do
    if [[ $hierarchy == */unified/ ]]; then continue; fi
    mkdir -p "$hierarchy$cgroup"
    if [[ ! -e $hierarchy$cgroup/cpuset.mems ]]; then continue; fi
    cat "${hierarchy}cpuset.cpus" >"$hierarchy$cgroup/cpuset.cpus"
    cat "${hierarchy}cpuset.mems" >"$hierarchy$cgroup/cpuset.mems"
  done
}
