import { readerOptions } from './audit-kind.ts';
import { AuditCounts } from '../audit/audit-counts.ts';
import { EventReader } from '../audit/event-reader.ts';
import type { Policy } from '../audit/policy.ts';
import { pruneWith } from '../audit/prune-event.ts';
import { AuditWebhook } from './audit-webhook.ts';
import type { AuditWebhookConfig } from '../config/audit-webhook-schema.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';

interface Surroundings {
  readonly config: Config;
  readonly policy: Policy | null;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
}

/** Listens for what API servers post. Rejects as `AuditWebhook.open` does. */
export async function openAuditWebhook(written: AuditWebhookConfig, { config, policy, clock, log }: Surroundings): Promise<AuditWebhook> {
  // Events are counted where they are read from the spool, not here.
  const prune = pruneWith(new EventReader(readerOptions(config.audit, policy, new AuditCounts())));
  const webhook = await AuditWebhook.open({ config: written, stateDir: config.state_dir, prune, clock, log });
  log.info({ port: webhook.port }, 'audit events are received');
  return webhook;
}
