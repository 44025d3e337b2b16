import type { RouteConfig } from '../config/routes-schema.ts';
import { isKeptFrom, type LogRoute, routesOfLog } from '../enrich/log-routes.ts';
import type { LineTest } from '../logql/line-test.ts';
import { parseLineFilters } from '../logql/parse-log-selector.ts';
import type { AppliedRoute } from '../model/applied-route.ts';
import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import { parseTenantTemplate, type TenantTemplate } from '../model/tenant-template.ts';
import { compilePattern } from '../patterns/pattern.ts';
import { type LineRoute, RouteStage } from '../process/route-stage.ts';
import type { Stage } from '../process/stage.ts';

interface Rule extends LogRoute {
  readonly filter: LineTest | null;
}

/** What of a log goes to one output: all of it as one tenant, null for the output's own; or what a stage lets pass, as whom that says. */
export type RoutedLog = { readonly tenant: string | null; readonly stage: Stage | null };

/** What `routes` says of logs. */
export class Routing {
  readonly #rules: readonly Rule[];

  constructor(routes: readonly RouteConfig[]) {
    this.#rules = routes.map(ruleOf);
  }

  /** The rules that are for a log, as they are kept in its position. */
  appliedTo(source: Source, pod: Pod | null): AppliedRoute[] {
    return routesOfLog(this.#rules, source, pod);
  }

  /** Whether no line of a log goes to an output, as far as is known of its pod. */
  isKeptFrom(output: string, source: Source, pod: Pod | null): boolean {
    return isKeptFrom(output, this.#rules, { source, pod });
  }

  /** `onElsewhere`: hears of each entry that does not go to the output. */
  toOutput(output: string, applied: readonly AppliedRoute[], onElsewhere: () => void): RoutedLog {
    const routes = applied.map((route) => this.#lineRoute(output, route));
    if (routes.every(({ isHere, tenant }) => isHere && tenant === null)) return { tenant: null, stage: null };
    const [first] = routes as [LineRoute];
    if (first.filter === null && first.isHere) return { tenant: first.tenant, stage: null };
    return { tenant: null, stage: new RouteStage(routes, onElsewhere) };
  }

  #lineRoute(output: string, [number, tenant]: AppliedRoute): LineRoute {
    const { filter, outputs } = this.#rules[number]!;
    return { filter, isHere: outputs === null || outputs.includes(output), tenant };
  }
}

function ruleOf({ logs, lines, outputs, tenant }: RouteConfig): Rule {
  const filter = lines === undefined ? null : (parseLineFilters(lines, compilePattern) as LineTest);
  const template = tenant === undefined ? null : (parseTenantTemplate(tenant) as TenantTemplate);
  return { logs: logs ?? null, isByLine: filter !== null, filter, outputs: outputs ?? null, tenant: template };
}
