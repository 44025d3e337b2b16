import type { AuditCounts } from '../audit/audit-counts.ts';
import type { Attribution } from '../model/attribution.ts';
import type { ResumePoint } from '../model/position.ts';
import type { LogSource, Source } from '../model/source.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import type { RetentionLimits } from '../ledger/retention.ts';
import type { EntryDecoder } from '../pipeline/entry-decoder.ts';
import type { LimitUse } from '../pipeline/limit-use.ts';
import type { RateLimit } from '../pipeline/rate-limit.ts';
import type { SourceRoutes } from '../pipeline/source-routes.ts';
import type { RoutingParts } from '../handling/route-sources.ts';
import type { StartPlace, StartPolicy } from '../tail/resume-chain.ts';
import type { ChainFile } from '../tail/open-chain.ts';
import type { LogOptions } from '../tail/source-log.ts';

/** How a source that has no position is begun. */
interface FirstLook {
  readonly placeIn: (files: readonly ChainFile[]) => StartPlace | null;
  readonly start: StartPolicy;
}

/** A source that is read: what makes entries of its bytes, and where they go. */
interface Followed {
  readonly decoder: EntryDecoder;
  readonly routes: SourceRoutes<LokiRoute>;
  /** How much may be sent of it; absent: any amount. */
  readonly limits?: () => readonly RateLimit[];
}

/** In what the sources of one kind, containers or audit logs, differ from those of another, on their way to one output. */
export interface SourceKind<S extends LogSource> {
  /** What chunks are read into. */
  readonly chunk: Buffer;
  /** What became of audit events; absent: the sources have none. */
  readonly auditCounts?: AuditCounts;
  /** What rules of rates have done to the sources, by namespace; absent: there are no such rules. */
  readonly limitUses?: ReadonlyMap<string, LimitUse>;
  /** Of the container logs that a scan has found, and of whatever else there is, the sources of this kind. */
  sourcesIn(found: readonly Source[]): readonly S[];
  /** The source of an id, be it gone; null for what is no id. */
  sourceOf(id: string): S | null;
  excludes(source: S): boolean;
  logOptions(source: S): LogOptions;
  /** How much of such a log is kept. */
  readonly retained: RetentionLimits;
  /** `isFirst`: it was there before the agent was. */
  begin(source: S, isFirst: boolean): FirstLook;
  /** Of a source that is gone too. */
  routesOf(source: S, begun?: Attribution): SourceRoutes<LokiRoute>;
  follow(source: S, resume: ResumePoint, begun?: Attribution): Followed;
  /**
   * From now on sources are chosen and handled as another configuration says; those that are followed have to be told. Returns whether their
   * stages are those that they had. Absent: what is done with them changes at a start only.
   */
  rehandle?(surroundings: RoutingParts): { readonly isSameStages: boolean };
}
