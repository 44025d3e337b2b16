/**
 * What has to be done when a key changes. `handling`: sources are handled anew, each from its next line on. `destination`: requests go
 * elsewhere, those that are repeated too. `part`: what is on its way to the output is sent, then its part is built anew. `agent`: whatever
 * reads the key reads it anew. `nothing`: it counts at the first start of all. `restart`: it cannot be changed in flight.
 */
export type ChangeClass = 'handling' | 'destination' | 'part' | 'agent' | 'nothing' | 'restart';

/** By key; one stands for all that is below it. Outputs are told apart by their names, and have a table of their own. */
export const CHANGE_CLASSES: Readonly<Record<string, ChangeClass>> = {
  cluster: 'handling',
  node_name: 'restart',
  state_dir: 'restart',
  'containers.log_dir': 'restart',
  'containers.watch': 'restart',
  'containers.start': 'nothing',
  'containers.include': 'handling',
  'containers.exclude': 'handling',
  'containers.scan_interval_seconds': 'agent',
  'containers.allowed_roots': 'part',
  'containers.poll_min_seconds': 'part',
  'containers.poll_max_seconds': 'part',
  'containers.rotate_grace_seconds': 'part',
  'containers.part_idle_seconds': 'part',
  'containers.max_line_bytes': 'part',
  'containers.clock_hold_seconds': 'part',
  kubernetes: 'restart',
  audit: 'restart',
  labels: 'handling',
  stages: 'handling',
  routes: 'handling',
  tenants: 'part',
  delivery: 'part',
  kubelet: 'part',
  import: 'restart',
  'limits.memory_bytes': 'agent',
  'limits.drain_seconds': 'agent',
  'limits.deleted_bytes': 'agent',
  'limits.open_files': 'restart',
  'limits.dead_letter_bytes': 'part',
  'limits.rules': 'part',
  checkpoint: 'agent',
  'lint.interval_seconds': 'restart',
  'lint.sample_bytes': 'agent',
  server: 'agent',
  reload: 'agent',
  log: 'agent',
};

/** By key of one output. */
export const OUTPUT_CHANGE_CLASSES: Readonly<Record<string, ChangeClass>> = {
  type: 'part',
  logs: 'part',
  required: 'part',
  url: 'destination',
  tls: 'destination',
  headers: 'destination',
  basic_auth: 'destination',
  bearer_token_file: 'destination',
  timeout_seconds: 'destination',
  tenant: 'part',
  format: 'destination',
  compression: 'part',
  batch_bytes: 'part',
  batch_wait_seconds: 'part',
  max_in_flight: 'part',
  backoff: 'part',
  accepts: 'part',
};
