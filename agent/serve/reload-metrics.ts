import type { ReloadStatus } from '../model/reload-status.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** Null: the configuration stays as it is. */
interface Reloaded {
  readonly reload: (ReloadStatus & { readonly deferredParts: number }) | null;
}

/** What is told of the configuration while it may change. */
export function addReloadMetrics(registry: MetricRegistry<Reloaded>): void {
  const reloads = 'What became of changes of the configuration file: refused and failed ones have changed nothing.';
  registry.counter('logferry_config_reloads_total', reloads, ['outcome'], (counter, { reload }) => {
    for (const [outcome, count] of Object.entries(reload?.outcomes ?? {})) counter.inc({ outcome }, count);
  });
  const inForce = '1 while the configuration file says what is in force, 0 while what it says is refused or could not be checked.';
  registry.gauge('logferry_config_in_force', inForce, [], (gauge, { reload }) => {
    gauge.set(reload?.state === 'refused' ? 0 : 1);
  });
  const success = 'When the configuration in force came into force.';
  registry.gauge('logferry_config_last_reload_success_timestamp_seconds', success, [], (gauge, { reload }) => {
    if (reload !== null) gauge.set(reload.sinceSeconds);
  });
  const info = 'Always 1; the label tells the content of the configuration file in force from others.';
  registry.gauge('logferry_config_info', info, ['hash'], (gauge, { reload }) => {
    gauge.reset();
    if (reload !== null) gauge.set({ hash: reload.digest }, 1);
  });
  const deferred =
    'Parts of outputs that still run as before a change, since a deleted file is held for them or their store takes nothing.';
  registry.gauge('logferry_config_deferred_parts', deferred, [], (gauge, { reload }) => gauge.set(reload?.deferredParts ?? 0));
}
