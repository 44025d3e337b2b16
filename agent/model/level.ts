/** Loki's values of `detected_level` (pkg/util/constants/levels.go), but for `unknown`, which says nothing. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];
