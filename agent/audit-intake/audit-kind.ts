import { dirname } from 'node:path';
import type { KindParts, Surroundings } from '../assembly/assemble-output.ts';
import { AuditCounts } from '../audit/audit-counts.ts';
import { EventReader, type EventReaderOptions } from '../audit/event-reader.ts';
import { ForbiddenSecrets } from '../audit/forbidden-secrets.ts';
import { SeenEvents } from '../audit/seen-events.ts';
import { COMPLETE, type Policy, STAGES } from '../audit/policy.ts';
import { AuditProcessing } from './audit-processing.ts';
import { auditSources, spoolSource } from './audit-sources.ts';
import type { AuditConfig } from '../config/audit-schema.ts';
import type { Config } from '../config/schema.ts';
import { EventDecoder, type LineEvents } from '../decode/event-decoder.ts';
import { Retention } from '../ledger/retention.ts';
import { MOST_AUDIT_LINE_BYTES } from '../model/memory-share.ts';
import type { SourceChannel } from '../model/record.ts';
import type { LogSource } from '../model/source.ts';
import { SourceRoutes } from '../pipeline/source-routes.ts';
import type { SourceKind } from '../assembly/source-kind.ts';
import { lumberjackFiles } from '../tail/lumberjack-files.ts';

const CHUNK_BYTES = 512 * 1024;
/** How much of an event is held at once, whatever its length. */
const KEPT_BYTES = 1024 * 1024;
/** Where an investigation looks. */
const GAPS = COMPLETE as SourceChannel;
const ID = /^audit:(?<path>\/.*)$/;

/** The audit log of the API server of this node, and what API servers post. Both come out equal: what leaves is a function of the event alone. */
export function auditKind({ lanes, surroundings, policy }: KindParts & { readonly policy: Policy | null }): SourceKind<LogSource> {
  const { config, descriptors, fs, realPath } = surroundings;
  const { start, webhook } = config.audit;
  const auditCounts = new AuditCounts();
  const options = readerOptions(config.audit, policy, auditCounts);
  const tenant = lanes.tenantFor(null);
  const byChannel = STAGES.map((stage) => lanes.route(tenant, { labels: { ...labelsOf(config), stage }, metadata: [] }));
  // One that has lines of an API server's life only: what the kubelet keeps of containers says nothing about it.
  const retention = new Retention({ maxBytes: null, maxFiles: null });
  const sources = auditSources(config);
  const spool = spoolSource(config);
  const seen = webhook === undefined ? null : new SeenEvents(webhook.remember_events);
  return {
    chunk: Buffer.allocUnsafeSlow(CHUNK_BYTES),
    auditCounts,
    sourcesIn: () => sources,
    sourceOf(id) {
      const found = ID.exec(id)?.groups?.['path'];
      return found === undefined ? null : { id, path: found };
    },
    excludes: () => false,
    logOptions: (source) => ({
      roots: [realPath(dirname(source.path))],
      descriptors,
      fs,
      rotatedFiles: lumberjackFiles,
      // Events say their time at their end: files are in the order of their names, which are times.
      timeOf: () => null,
      // lumberjack closes a file before it renames it.
      rotateGraceMs: 0,
      retention,
    }),
    get retained() {
      return retention.limits;
    },
    // Whatever is in the spool was promised to an API server.
    begin: ({ id }) => ({ placeIn: () => null, start: id === spool?.id ? 'oldest' : start }),
    routesOf: () => new SourceRoutes(() => ({ byChannel, final: true, gaps: GAPS })),
    follow(_source, resume) {
      const decoder = new EventDecoder(watched(new EventReader(options), surroundings), resume);
      const processing = new AuditProcessing(decoder, seen, byChannel);
      return { decoder, routes: new SourceRoutes(() => ({ byChannel, final: true, gaps: GAPS, processing })) };
    },
  };
}

/** How events are read, those that are posted too: an event is the same whichever way it comes. */
export function readerOptions({ secret_resources: secrets }: AuditConfig, policy: Policy | null, counts: AuditCounts): EventReaderOptions {
  return { policy, credentials: secrets.map(resourceOf), keptBytes: KEPT_BYTES, maxLineBytes: MOST_AUDIT_LINE_BYTES, counts };
}

/** The same, with an eye on who is refused secrets. */
function watched(reader: EventReader, { config, log }: Surroundings): LineEvents {
  const { denied_requests: requests, denied_seconds: seconds } = config.audit.alert;
  const forbidden = new ForbiddenSecrets({ requests, seconds });
  return {
    startBytes: reader.startBytes,
    push: (bytes, start, end) => reader.push(bytes, start, end),
    finish() {
      const read = reader.finish();
      const user = read.kind === 'entry' ? forbidden.observe(read) : null;
      if (user !== null) log.warn(`forbidden ${user}`, { user, requests, seconds }, 'a user is refused secrets again and again');
      return read;
    },
    reset: () => reader.reset(),
  };
}

/** The node gives every stream one writer: of two, Loki refuses the events of that which is an hour behind, as after an outage. */
function labelsOf({ cluster, node_name, audit }: Config): Record<string, string> {
  return { job: 'kube-audit', service_name: audit.service_name, node_name, ...(cluster === undefined ? {} : { cluster }) };
}

/** `secrets` or `certificates.cert-manager.io`. */
function resourceOf(name: string): { readonly group: string; readonly resource: string } {
  const point = name.indexOf('.');
  return point === -1 ? { group: '', resource: name } : { group: name.slice(point + 1), resource: name.slice(0, point) };
}
