/** Agents in whose words the owner of a pod may say that its logs are not to be collected; ours first, and before all others. */
export const CONVENTIONS = ['logferry', 'fluent_bit', 'vector', 'elastic', 'grafana'] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** Those that are heeded. */
export function conventionsIn({ annotations }: { readonly annotations: Readonly<Record<Convention, boolean>> }): Convention[] {
  return CONVENTIONS.filter((convention) => annotations[convention]);
}

/**
 * Why a log is not collected: no rule of `containers.include` matches it, one of `containers.exclude` does, or its owner says so in the
 * convention of one agent.
 */
export type Exclusion = 'not_included' | 'excluded' | Convention;
export const EXCLUSIONS: readonly Exclusion[] = ['not_included', 'excluded', ...CONVENTIONS];
