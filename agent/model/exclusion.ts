/**
 * Why a log is not collected: no rule of `containers.include` matches it, one of `containers.exclude` does, or its owner says so in the
 * convention of one agent.
 */
export const EXCLUSIONS = ['not_included', 'excluded', 'logferry', 'fluent_bit', 'vector', 'elastic', 'grafana'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];
