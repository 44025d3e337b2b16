# shellcheck shell=bash
# What a node in namespaces of its own needs, be there an API server or not.

# A kubelet sets these for the whole machine: it gets files to write to instead, which say that all is as it wants it.
hide_kernel_switches() {
  local switch file
  for switch in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    file=/run/$(tr / . <<<"${switch%=*}")
    echo "${switch#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${switch%=*}"
  done
}

# Of Debian's containerd, whose state is in the mount namespace; what more a node wants is to be written behind it.
containerd_config() {
  cat <<TOML
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/emit:1"
  restrict_oom_score_adj = true   # for those who run this in a container themselves
TOML
}
