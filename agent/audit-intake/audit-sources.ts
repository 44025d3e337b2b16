import type { Config } from '../config/schema.ts';
import type { LogSource } from '../model/source.ts';
import { liveFile, spoolDirectory } from '../receive/spool-files.ts';

/** The logs that audit events are read from: that of the API server of this node, and the spool of what API servers post. */
export function auditSources(config: Pick<Config, 'audit' | 'state_dir'>): LogSource[] {
  const { log_path: path } = config.audit;
  const spool = spoolSource(config);
  return [...(path === undefined ? [] : [sourceAt(path)]), ...(spool === null ? [] : [spool])];
}

/** Null: nothing is received. */
export function spoolSource({ audit, state_dir: stateDir }: Pick<Config, 'audit' | 'state_dir'>): LogSource | null {
  return audit.webhook === undefined ? null : sourceAt(liveFile(spoolDirectory(stateDir)));
}

function sourceAt(path: string): LogSource {
  return { id: `audit:${path}`, path };
}
