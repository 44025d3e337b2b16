// Builds etcd, where the API server of test/cluster keeps its objects. A module of its own: it asks for other libraries.
module logferry.ci/etcd

go 1.26.0

require go.etcd.io/etcd/server/v3 v3.7.3
